import { types } from 'node:util';
import { pino } from 'pino';

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/** Ends of names of members that carry secrets, in lower case and without `-` and `_`. */
const SECRET_NAME =
  /(?:token|password|passwordhash|secret|authorization|credentials?|apikey|privatekey|cookie|digest)s?$/;

/** An MQTT user name is an access token. */
const SECRET_NAMES = new Set(['username', 'databaseurl']);

/** Longest text of a member; devices and plugins write what they like. */
const MAX_TEXT = 4_096;

/** Most members that a line has, at whatever depth. */
const MAX_MEMBERS = 500;
const MAX_DEPTH = 8;

/**
 * The fields of a line without secrets, as plain values of JSON: at any depth, in errors, too. Bounded, and it never
 * throws: plugins choose the fields.
 */
export function redactedFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return new FieldCopy().membersOf(fields, 0);
}

/** One line's copy: it counts what it has copied. */
class FieldCopy {
  private left = MAX_MEMBERS;

  membersOf(value: object, depth: number): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const name of namesOf(value)) {
      if (this.left-- <= 0) break;
      const member = isSecret(name) ? REDACTED : this.copyOf(readMember(value, name), depth + 1);
      // An own member, whatever it is called.
      Object.defineProperty(copy, shortened(name), { value: member, enumerable: true, configurable: true });
    }
    return copy;
  }

  private copyOf(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return shortened(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'function' || typeof value === 'symbol') return undefined;
    if (typeof value !== 'object' || value === null) return value;
    if (types.isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
    if (depth >= MAX_DEPTH) return '[…]';
    if (Array.isArray(value)) return this.itemsOf(value, depth);
    if (value instanceof URL) return shortened(value.href);
    return this.membersOf(types.isNativeError(value) ? serializedError(value) : value, depth);
  }

  private itemsOf(items: readonly unknown[], depth: number): unknown[] {
    const copy: unknown[] = [];
    for (const item of items) {
      if (this.left-- <= 0) break;
      copy.push(this.copyOf(item, depth + 1));
    }
    return copy;
  }
}

function isSecret(name: string): boolean {
  const plain = name.slice(0, 100).toLowerCase().replaceAll(/[-_]/g, '');
  return SECRET_NAME.test(plain) || SECRET_NAMES.has(plain);
}

function namesOf(value: object): readonly string[] {
  try {
    return Object.keys(value);
  } catch {
    // A proxy that a plugin made.
    return [];
  }
}

function readMember(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    // A getter that a plugin wrote.
    return '[unreadable]';
  }
}

/** Type, message and stack, those of its causes included, and what else it carries. */
function serializedError(error: Error): object {
  try {
    const { raw: _raw, ...members } = pino.stdSerializers.err(error);
    return members;
  } catch {
    // It is frozen, or a member of it throws.
    return {
      type: readMember(error, 'name'),
      message: readMember(error, 'message'),
      stack: readMember(error, 'stack'),
    };
  }
}

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
