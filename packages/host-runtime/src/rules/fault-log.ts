import { Timers } from '@device-messaging/host-api';
import { Logger, type LogFields } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import { causeOf, Observation } from '../observation/observation.js';

/** How often one component's faults are told, ms. */
const PAUSE_MS = 3_000;

/** What failed. */
export interface FaultSource {
  readonly tenantId: string;
  /** The plugin or rule that it is part of; `undefined`: the fault is the host's own, and no news for an observer. */
  readonly entityId: string | undefined;
  readonly component: string;
}

/**
 * Tells faults of foreign code, in the log and to the host's observer: at most one a component in three seconds, and how
 * many were left out.
 */
@injectable()
export class FaultLog {
  private readonly last = new Map<string, { at: number; omitted: number }>();

  constructor(
    @inject(Observation) private readonly observation: Observation,
    @inject(Logger) private readonly logger: Logger,
    @inject(Timers) private readonly clock: Timers,
  ) {}

  report(
    { tenantId, entityId, component }: FaultSource,
    message: string,
    fields: LogFields & { error: unknown },
  ): void {
    const now = this.clock.now();
    const key = `${entityId ?? tenantId} ${component}`;
    const last = this.last.get(key);
    if (last !== undefined && now - last.at < PAUSE_MS) {
      last.omitted++;
      return;
    }
    const omitted = last?.omitted ?? 0;
    this.last.set(key, { at: now, omitted: 0 });
    this.logger.error(message, { component, ...fields, ...(omitted > 0 ? { omitted } : {}) });
    if (entityId !== undefined) {
      this.observation.componentFailed({ tenantId, entityId, component, cause: causeOf(fields.error), omitted });
    }
    if (this.last.size > 1000) this.forget(now);
  }

  private forget(now: number): void {
    for (const [component, { at }] of this.last) if (now - at >= PAUSE_MS) this.last.delete(component);
  }
}
