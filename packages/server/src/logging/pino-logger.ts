import type { LogFields, Logger } from '@device-messaging/plugin-api';
import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import type { LogLevel } from '../settings/server-settings.js';
import { redactedFields } from './redacted-fields.js';
import { redactedText } from './redacted-text.js';

/** The line's own members. A field of the same name would stand twice in it, so it gets an underscore. */
const OWN_MEMBERS = ['level', 'time', 'message'];

/**
 * The log as lines of JSON: level, time (ISO 8601, UTC), message, fields; an `error` with its stack. Secrets are blotted
 * out, by the names of members and by their looks.
 */
export class PinoLogger implements Logger {
  private readonly pino: Pino;

  constructor(level: LogLevel, destination: DestinationStream) {
    const options = {
      level,
      base: null,
      messageKey: 'message',
      errorKey: 'error',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label: string) => ({ level: label }),
        log: (fields: Record<string, unknown>) => apartFromOwn(redactedFields(fields)),
      },
      // Fields are plain values by now, errors, too.
      serializers: { error: (value: unknown) => value },
      hooks: { streamWrite: redactedText },
    };
    this.pino = pino(options, destination);
  }

  debug(message: string, fields: LogFields = {}): void {
    this.pino.debug(fields, message);
  }

  info(message: string, fields: LogFields = {}): void {
    this.pino.info(fields, message);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.pino.warn(fields, message);
  }

  error(message: string, fields: LogFields = {}): void {
    this.pino.error(fields, message);
  }
}

function apartFromOwn(fields: Record<string, unknown>): Record<string, unknown> {
  if (!OWN_MEMBERS.some((member) => Object.hasOwn(fields, member))) return fields;
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([name, value]) => [OWN_MEMBERS.includes(name) ? `${name}_` : name, value]));
}
