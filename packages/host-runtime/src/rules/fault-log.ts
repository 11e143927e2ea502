import { Timers } from '@device-messaging/host-api';
import { Logger, type LogFields } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';

/** How often one component's faults reach the log, ms. */
const PAUSE_MS = 3_000;

/** Writes faults of foreign code to the log, at most one line a component in three seconds, and says how many it left out. */
@injectable()
export class FaultLog {
  private readonly last = new Map<string, { at: number; omitted: number }>();

  constructor(
    @inject(Logger) private readonly logger: Logger,
    @inject(Timers) private readonly clock: Timers,
  ) {}

  report(component: string, message: string, fields: LogFields): void {
    const now = this.clock.now();
    const last = this.last.get(component);
    if (last !== undefined && now - last.at < PAUSE_MS) {
      last.omitted++;
      return;
    }
    this.last.set(component, { at: now, omitted: 0 });
    this.logger.error(message, { component, ...fields, ...(last?.omitted ? { omitted: last.omitted } : {}) });
    if (this.last.size > 1000) this.forget(now);
  }

  private forget(now: number): void {
    for (const [component, { at }] of this.last) if (now - at >= PAUSE_MS) this.last.delete(component);
  }
}
