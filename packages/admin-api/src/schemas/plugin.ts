import {
  anything,
  boolean,
  byName,
  integer,
  list,
  name,
  object,
  oneOf,
  optional,
  settings,
  text,
  uuid,
  UUID_PATTERN,
} from './schema.js';

const STATE = oneOf(['ACTIVE', 'SUSPENDED'], { description: 'What was asked for.' });
const AUDIT = oneOf(['none', 'messages'], {
  description: '`messages`: each call through it leaves an event: who, whom, outcome, times, sizes; never the body.',
});
const TYPE = name({ description: 'Id of a plugin type, or one of its aliases.' });
const TOKEN = name({ description: 'Unique in the tenant: rules name the plugin by it.' });
const CONFIGURATION = settings({ description: 'As the JSON Schema of the plugin type says.' });

export const PLUGIN_TYPE = object({
  id: name(),
  name: name(),
  version: optional(text()),
  aliases: list(text(), 1_000),
  configuration: anything({ description: 'JSON Schema of the configuration.' }),
  methods: list(text(), 10_000, { description: 'RPC methods that it answers.' }),
});

export const PLUGIN_TYPES = object({ items: list(PLUGIN_TYPE, 10_000) });

export const PLUGIN = object({
  id: uuid(),
  type: TYPE,
  name: name(),
  token: TOKEN,
  state: STATE,
  failures: list(
    object({ node: text(), cause: text({ maxLength: 100_000 }), since: integer(0, Number.MAX_SAFE_INTEGER) }),
    10_000,
    { description: 'Why it does not work although it was asked to.' },
  ),
  audit: AUDIT,
  configuration: CONFIGURATION,
});

export const NEW_PLUGIN = object({
  type: TYPE,
  name: name(),
  token: TOKEN,
  configuration: optional(CONFIGURATION),
  state: optional(STATE),
  audit: optional(AUDIT),
  rule: optional(
    boolean({ default: true, description: 'Whether the rule that the plugin type declares is made, too.' }),
  ),
});

/** Absent members stay. Type and token may be repeated, not changed. */
export const PLUGIN_CHANGE = object({
  type: optional(TYPE),
  name: optional(name()),
  token: optional(TOKEN),
  configuration: optional(CONFIGURATION),
  state: optional(STATE),
  audit: optional(AUDIT),
});

export const CUSTOMER_SETTINGS = object({
  enabled: boolean(),
  configuration: optional(
    settings({ description: 'Overrides of single settings. Base and override together must be valid.' }),
  ),
});

export const PLUGIN_CUSTOMERS = object({
  default: boolean({ description: 'For customers that are not named, and devices without one.' }),
  customers: byName(CUSTOMER_SETTINGS, {
    propertyNames: { type: 'string', pattern: UUID_PATTERN },
    description: 'By customer id.',
  }),
});
