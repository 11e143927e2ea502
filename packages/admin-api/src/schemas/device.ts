import type { DeviceRow } from '@device-messaging/host-api';
import { boolean, integer, name, nullable, object, oneOf, optional, text, uuid, type ValueOf } from './schema.js';
import { PAGING } from './paging.js';

const TIME = integer(0, Number.MAX_SAFE_INTEGER, { description: 'Epoch ms.' });
const CUSTOMER_ID = nullable(uuid({ description: 'null: it has no customer.' }));
const TYPE = name({ description: '`default` unless said otherwise.' });

/** What devices prove themselves with over MQTT, as the user name: visible characters only. */
export const ACCESS_TOKEN = text({
  minLength: 1,
  maxLength: 512,
  pattern: '^[^\\p{Cc}\\p{Cs}]*$',
  description: 'The access token: shown this once, kept as a digest.',
});

const DEVICE_MEMBERS = {
  id: uuid(),
  name: name(),
  type: TYPE,
  customerId: CUSTOMER_ID,
  createdAt: TIME,
  online: boolean({ description: 'Whether it has a session now.' }),
};

export const DEVICE = object(DEVICE_MEMBERS);
export const NEW_DEVICE_ANSWER = object({ ...DEVICE_MEMBERS, token: ACCESS_TOKEN });

export const NEW_DEVICE = object({
  name: name(),
  type: optional(TYPE),
  customerId: optional(CUSTOMER_ID),
  token: optional(ACCESS_TOKEN),
  id: optional(uuid()),
});

export const DEVICE_CHANGE = object({ name: name(), type: optional(TYPE) });
export const DEVICE_CUSTOMER = object({ customerId: CUSTOMER_ID });

export const DEVICE_QUERY = object({
  ...PAGING,
  customerId: optional(uuid()),
  name: optional(text({ description: 'Exact match.' })),
  type: optional(text({ description: 'Exact match.' })),
  online: optional(boolean({ description: 'Whether it has a session now. Pages may be short before the last one.' })),
});

/** An absent body asks for a new token. */
export const CREDENTIALS_CHANGE = nullable(
  object({
    x509: optional(
      text({ maxLength: 20_000, description: 'A certificate as PEM: the device proves itself with it from now on.' }),
    ),
  }),
);

export const CREDENTIALS_ANSWER = object({
  token: optional(ACCESS_TOKEN),
  x509: optional(text({ description: 'SHA-256 of the certificate, hex.' })),
});

export const CREDENTIALS_TYPE = oneOf(['ACCESS_TOKEN', 'X509_CERTIFICATE']);

export function deviceView(row: DeviceRow, online: boolean): ValueOf<typeof DEVICE> {
  const { id, name: deviceName, type, customerId, createdAt } = row;
  return { id, name: deviceName, type, customerId: customerId ?? null, createdAt, online };
}
