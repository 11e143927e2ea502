import { randomUUID } from 'node:crypto';
import type { EventQuery, EventRetention, EventRow, EventStore } from '@device-messaging/host-api';

/** Events that live as long as a test. */
export class InMemoryEventStore implements EventStore {
  /** Oldest first. */
  readonly rows: EventRow[] = [];

  append(event: Omit<EventRow, 'id'>): void {
    this.rows.push({ ...event, id: randomUUID() });
  }

  query({ tenantId, entityId, type, from, to, limit, after }: EventQuery): readonly EventRow[] {
    const found = this.rows
      .filter((row) => row.tenantId === tenantId)
      .filter((row) => entityId === undefined || row.entityId === entityId)
      .filter((row) => type === undefined || row.type === type)
      .filter((row) => (from === undefined || row.at >= from) && (to === undefined || row.at < to))
      .toReversed();
    const start = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1;
    return after !== undefined && start === 0 ? [] : found.slice(start, start + limit);
  }

  prune({ maxAgeMs }: EventRetention, now: number): number {
    const kept = this.rows.filter(({ at }) => at >= now - maxAgeMs);
    const removed = this.rows.length - kept.length;
    this.rows.splice(0, this.rows.length, ...kept);
    return removed;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}
