import type { AccountStore, CancelTimer, EventStore, Timers } from '@device-messaging/host-api';
import type { Logger } from '@device-messaging/plugin-api';
import type { RetentionSettings } from '../settings/retention-settings.js';

const DAY_MS = 86_400_000;

/** The first look after a start, ms: devices come back first. */
const FIRST_MS = 60_000;

/** What is to be kept for a while, and what is needed for it. */
export interface RetentionParts {
  readonly events: EventStore;
  readonly accounts: Pick<AccountStore, 'pruneLogins'>;
  readonly timers: Timers;
  readonly logger: Logger;
}

/**
 * Removes events that are too old or too many, and logins that are over, from time to time. A round is never begun
 * before the last one has ended, and nobody waits for one.
 */
export class Retention {
  private cancel: CancelTimer | undefined;
  /** Epoch ms at which the round that is under way began. */
  private since: number | undefined;
  private isStopped = false;

  constructor(
    private readonly settings: RetentionSettings,
    private readonly parts: RetentionParts,
  ) {}

  start(): void {
    this.lookIn(Math.min(FIRST_MS, this.settings.periodMs));
  }

  /** A round that is under way ends at its next statement, when the database is closed. */
  stop(): void {
    this.isStopped = true;
    this.cancel?.();
  }

  private lookIn(delayMs: number): void {
    this.cancel = this.parts.timers.after(delayMs, () => {
      this.lookIn(this.settings.periodMs);
      void this.look();
    });
  }

  private async look(): Promise<void> {
    const { timers, logger, events, accounts } = this.parts;
    const now = timers.now();
    if (this.since !== undefined) {
      logger.warn('The last removal of old events has not ended', { forMs: now - this.since });
      return;
    }
    this.since = now;
    const { eventDays, maxEventsPerTenantAndType } = this.settings;
    const retention = { maxAgeMs: eventDays * DAY_MS, maxCount: maxEventsPerTenantAndType };
    await this.prune('events', () => events.prune(retention, now));
    await this.prune('logins', () => accounts.pruneLogins(now));
    this.since = undefined;
  }

  private async prune(what: string, prune: () => number | PromiseLike<number>): Promise<void> {
    if (this.isStopped) return;
    const { logger } = this.parts;
    try {
      const removed = await prune();
      if (removed > 0) logger.debug('What is too old was removed', { what, removed });
    } catch (error) {
      // The database was closed meanwhile, as a stopping server does.
      if (!this.isStopped) logger.error('What is too old could not be removed; it is tried again', { what, error });
    }
  }
}
