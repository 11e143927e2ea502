/** Facts that go with a log line. An `error` member is printed with its stack. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Port: structured log; a plugin's lines carry its tenant and instance. Never pass secrets or message bodies. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const Logger: unique symbol = Symbol.for('device-messaging:Logger');
