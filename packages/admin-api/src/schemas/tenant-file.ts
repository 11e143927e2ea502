import { CREDENTIALS_TYPE } from './device.js';
import { PLUGIN_CUSTOMERS } from './plugin.js';
import { QUOTAS } from './quotas.js';
import { RULE_MEMBERS } from './rule.js';
import { integer, list, name, nullable, object, oneOf, optional, settings, text, uuid } from './schema.js';

/** First member of a file with everything that a tenant has: importers know it by it. */
export const TENANT_FORMAT = 'device-messaging/tenant';

/** More than any tenant has. */
const MOST = 10_000_000;
const CREATED_AT = integer(0, Number.MAX_SAFE_INTEGER, { description: 'Epoch ms.' });
const STATE = oneOf(['ACTIVE', 'SUSPENDED']);

export const CUSTOMER_IN_FILE = object({ id: uuid(), title: name(), createdAt: CREATED_AT, quotas: optional(QUOTAS) });

export const USER_IN_FILE = object({
  username: name(),
  role: oneOf(['TENANT_ADMIN', 'CUSTOMER_USER']),
  customerId: optional(uuid()),
});

export const PLUGIN_IN_FILE = object({
  id: uuid(),
  type: name(),
  name: name(),
  token: name(),
  state: STATE,
  audit: oneOf(['none', 'messages']),
  configuration: settings(),
  createdAt: CREATED_AT,
  customers: PLUGIN_CUSTOMERS,
});

export const RULE_IN_FILE = object({ ...RULE_MEMBERS, createdAt: CREATED_AT });

export const DEVICE_IN_FILE = object({
  id: uuid(),
  name: name(),
  type: name(),
  customerId: nullable(uuid()),
  createdAt: CREATED_AT,
  credentials: nullable(
    object(
      { type: CREDENTIALS_TYPE, digest: text({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, hex.' }) },
      { description: 'A digest: the device keeps its token, the file does not tell it.' },
    ),
  ),
  quotas: optional(QUOTAS),
});

/** Everything that a tenant has, oldest first. */
export const TENANT_FILE = object({
  format: oneOf([TENANT_FORMAT]),
  version: integer(1, 1),
  tenant: object({ id: uuid(), title: name() }),
  customers: list(CUSTOMER_IN_FILE, MOST),
  users: list(USER_IN_FILE, MOST, { description: 'Without passwords: an import does not make them.' }),
  plugins: list(PLUGIN_IN_FILE, MOST),
  rules: list(RULE_IN_FILE, MOST),
  devices: list(DEVICE_IN_FILE, MOST),
});

const MOST_NAMED = 100_000;
const COUNT = integer(0, Number.MAX_SAFE_INTEGER);

export const IMPORT_RESULT = object({
  created: list(object({ kind: oneOf(['customer', 'plugin', 'rule']), id: uuid(), name: name() }), MOST_NAMED, {
    description: 'What was made, without devices.',
  }),
  counts: object({ customers: COUNT, plugins: COUNT, rules: COUNT, devices: COUNT }),
  unmapped: list(object({ path: text({ maxLength: 10_000 }), message: text({ maxLength: 10_000 }) }), MOST_NAMED, {
    description: 'What the file holds and was not taken, and why.',
  }),
  unmappedCount: COUNT,
});
