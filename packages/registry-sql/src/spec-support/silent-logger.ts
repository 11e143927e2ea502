import type { Logger } from '@device-messaging/plugin-api';

/** For tests that do not look at the log. */
export const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
