import type { Logger } from '@device-messaging/plugin-api';
import { pino } from 'pino';
import type { LogLevel } from '../settings/server-settings.js';
import { PinoLogger } from './pino-logger.js';
import { ReadableLines } from './readable-lines.js';

/** The server's log on standard error: JSON for machines, plain lines at a terminal. Standard output stays free of it. */
export function standardErrorLogger(level: LogLevel): Logger {
  // Synchronous, so that the last lines before an exit are not lost.
  const destination = process.stderr.isTTY
    ? new ReadableLines((text) => process.stderr.write(text))
    : pino.destination({ fd: 2, sync: true });
  return new PinoLogger(level, destination);
}
