import type { Awaitable } from '@device-messaging/plugin-api';
import type { Settings } from '../registry/rows.js';

/**
 * - `LIFECYCLE`: a plugin started, stopped, failed, recovered; a node started or stopped.
 * - `ERROR`: a component failed while it worked.
 * - `LOGIN`: somebody logged in, out, or failed to.
 * - `AUDIT`: somebody changed something through the administration.
 * - `MESSAGE`: a call between devices, where a plugin's `audit` asks for it.
 */
export type EventType = 'LIFECYCLE' | 'ERROR' | 'LOGIN' | 'AUDIT' | 'MESSAGE';

/** Something that happened. Rows are written once and never changed. */
export interface EventRow {
  readonly id: string;
  /** Whose event it is; `undefined`: the installation's. */
  readonly tenantId: string | undefined;
  readonly type: EventType;
  /** The row that it is about: a device, a plugin, a user, … */
  readonly entityId: string | undefined;
  /** Epoch ms. */
  readonly at: number;
  /** What happened, as JSON. Never a body of a message, a password or a token. */
  readonly body: Settings;
}

/** Events of a tenant, youngest first. */
export interface EventQuery {
  readonly tenantId: string | undefined;
  readonly entityId?: string | undefined;
  readonly type?: EventType | undefined;
  /** Epoch ms, included. */
  readonly from?: number | undefined;
  /** Epoch ms, excluded. */
  readonly to?: number | undefined;
  readonly limit: number;
  /** Only events older than the one with this id. */
  readonly after?: string | undefined;
}

/** How long events are kept. */
export interface EventRetention {
  /** Ms. */
  readonly maxAgeMs: number;
  /** Of each tenant and type; the oldest go first. */
  readonly maxCount: number;
}

/** Keeps events. Appending never holds anybody up: rows are written together, a moment later, in order. */
export interface EventStore {
  /** Returns at once. Rows that cannot be written are counted and told in the log, never thrown. */
  append(event: Omit<EventRow, 'id'>): void;
  /** Sees everything that was appended before. */
  query(query: EventQuery): Awaitable<readonly EventRow[]>;
  /** Removes what is older, or too many. Yields how many rows went. */
  prune(retention: EventRetention, now: number): Awaitable<number>;
  /** Done when everything that was appended before is written. */
  flush(): Awaitable<void>;
}

export const EventStore: unique symbol = Symbol.for('device-messaging:EventStore');
