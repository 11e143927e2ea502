import type { LogFields, Logger } from '@device-messaging/plugin-api';

/** A log that says nothing: the default of an embedded host. */
export class SilentLogger implements Logger {
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}

/** Adds fields to every line. */
export class TaggedLogger implements Logger {
  constructor(
    private readonly logger: Logger,
    private readonly tags: LogFields,
  ) {}

  debug(message: string, fields?: LogFields): void {
    this.logger.debug(message, { ...this.tags, ...fields });
  }

  info(message: string, fields?: LogFields): void {
    this.logger.info(message, { ...this.tags, ...fields });
  }

  warn(message: string, fields?: LogFields): void {
    this.logger.warn(message, { ...this.tags, ...fields });
  }

  error(message: string, fields?: LogFields): void {
    this.logger.error(message, { ...this.tags, ...fields });
  }
}
