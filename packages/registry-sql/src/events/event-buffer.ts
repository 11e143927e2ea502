import { isStorable, type EventRow } from '@device-messaging/host-api';
import { randomUUID } from 'node:crypto';
import type { EventsTable } from '../database/schema.js';
import type { Insertable } from 'kysely';

/** Events that wait to be written at most: more, while the database is away, are lost. */
const MAX_WAITING = 20_000;

/** Longest body, characters of its JSON: an event says what happened and holds no payload. */
const MAX_BODY_LENGTH = 65_536;

type EventColumns = Insertable<EventsTable>;

/** Events that are not written yet, in their order. */
export class EventBuffer {
  private waiting: EventColumns[] = [];

  get length(): number {
    return this.waiting.length;
  }

  /** `false`: there is no room, or the event cannot be kept as it is. */
  add(event: Omit<EventRow, 'id'>): boolean {
    if (this.waiting.length >= MAX_WAITING) return false;
    const columns = columnsOf(event);
    if (columns === undefined) return false;
    this.waiting.push(columns);
    return true;
  }

  take(count: number): readonly EventColumns[] {
    return this.waiting.splice(0, count);
  }

  /** Back to their place before all others. */
  putBack(events: readonly EventColumns[]): void {
    this.waiting = [...events, ...this.waiting];
  }

  clear(): void {
    this.waiting = [];
  }
}

function columnsOf({ tenantId = '', type, entityId = '', at, body }: Omit<EventRow, 'id'>): EventColumns | undefined {
  if (!isStorable(tenantId) || !isStorable(entityId) || !Number.isSafeInteger(at)) return undefined;
  const text = jsonOf(body);
  if (text === undefined || text.length > MAX_BODY_LENGTH) return undefined;
  const ids = { tenant_id: tenantId.toLowerCase(), entity_id: entityId.toLowerCase() };
  return { id: randomUUID(), ...ids, type, at, body: text };
}

function jsonOf(body: unknown): string | undefined {
  try {
    return JSON.stringify(body);
  } catch {
    // A circle or a BigInt: counted with those that cannot be kept.
    return undefined;
  }
}
