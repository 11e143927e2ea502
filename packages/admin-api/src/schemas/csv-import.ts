import { ACCESS_TOKEN } from './device.js';
import { integer, list, name, object, optional, text } from './schema.js';

/** A line of a CSV file of devices. */
export const CSV_DEVICE = object({
  name: name(),
  type: optional(name()),
  customer: optional(name()),
  token: optional(ACCESS_TOKEN),
});

export const CSV_RESULT = object({
  created: integer(0, Number.MAX_SAFE_INTEGER, { description: 'Devices that were made.' }),
  failedCount: integer(0, Number.MAX_SAFE_INTEGER, { description: 'Lines that were not taken.' }),
  failed: list(object({ line: integer(1, Number.MAX_SAFE_INTEGER), reason: text({ maxLength: 10_000 }) }), 100_000, {
    description: 'Why, for the first of them.',
  }),
});
