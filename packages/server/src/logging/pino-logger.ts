import type { LogFields, Logger } from '@device-messaging/plugin-api';
import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import type { LogLevel } from '../settings/server-settings.js';

/** Members that carry secrets; they are blotted out at the first two levels of a line's fields. */
const SECRETS = ['token', 'accessToken', 'apiToken', 'password', 'secret', 'authorization', 'credentials', 'username'];

/** The log as lines of JSON: level, time (ISO 8601, UTC), message, fields; an `error` with its stack. */
export class PinoLogger implements Logger {
  private readonly pino: Pino;

  constructor(level: LogLevel, destination: DestinationStream) {
    const options = {
      level,
      base: null,
      messageKey: 'message',
      errorKey: 'error',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((member) => [member, `*.${member}`]), censor: '[redacted]' },
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
