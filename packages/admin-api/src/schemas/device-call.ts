import { anything, boolean, integer, object, optional, text } from './schema.js';

/** A call of a device by its tenant. */
export function deviceCall(maxTimeoutMs: number, defaultTimeoutMs: number) {
  return object({
    method: text({ minLength: 1 }),
    params: optional(anything({ description: 'Handed over byte for byte; null when absent.' })),
    timeout: optional(integer(1, maxTimeoutMs, { description: 'Ms.', default: defaultTimeoutMs })),
    oneway: optional(boolean({ description: 'The answer is `null` as soon as the device has the call.' })),
  });
}
