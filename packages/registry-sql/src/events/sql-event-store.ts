import {
  asId,
  isStorable,
  type EventQuery,
  type EventRetention,
  type EventRow,
  type EventStore,
  type EventType,
  type Settings,
} from '@device-messaging/host-api';
import type { Logger } from '@device-messaging/plugin-api';
import { sql } from 'kysely';
import { DatabaseError } from '../database/database-error.js';
import type { SqlEngine } from '../database/sql-engine.js';
import { parseFrozen } from '../rows/row-mapping.js';
import { EventBuffer } from './event-buffer.js';
import { pruneEvents } from './event-pruning.js';

/** How long an event waits for others to be written with it, ms. */
const GROUP_MS = 100;

/** Events of one transaction; as many do not wait for more. */
const GROUP_SIZE = 500;

/** Pause before events that could not be written are tried again, ms. */
const RETRY_MS = 1_000;

/** Events in a database, written together a moment later. */
export class SqlEventStore implements EventStore {
  private readonly buffer = new EventBuffer();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private lost = 0;
  private isLosing = false;
  private isClosed = false;

  constructor(
    private readonly engine: SqlEngine,
    private readonly logger: Logger,
  ) {}

  /** Counter: events that could not be kept. */
  get lostCount(): number {
    return this.lost;
  }

  append(event: Omit<EventRow, 'id'>): void {
    if (this.isClosed || !this.buffer.add(event)) {
      this.lose(1, 'They came faster than they could be written, or cannot be kept as they are');
      return;
    }
    this.writeSoon(this.buffer.length >= GROUP_SIZE && !this.isLosing ? 0 : GROUP_MS);
  }

  /** @throws DatabaseError when what was appended before cannot be written now */
  async query(query: EventQuery): Promise<readonly EventRow[]> {
    await this.flush();
    const tenantId = query.tenantId === undefined ? '' : asId(query.tenantId);
    if (tenantId === undefined || (query.entityId !== undefined && !isStorable(query.entityId))) return [];
    let rows = this.engine.reads.selectFrom('events').selectAll().where('tenant_id', '=', tenantId);
    if (query.entityId !== undefined) rows = rows.where('entity_id', '=', query.entityId.toLowerCase());
    if (query.type !== undefined) rows = rows.where('type', '=', query.type);
    if (query.from !== undefined) rows = rows.where('at', '>=', query.from);
    if (query.to !== undefined) rows = rows.where('at', '<', query.to);
    if (query.after !== undefined) {
      const edge = sql`select at, seq from events as edge where edge.id = ${asId(query.after) ?? ''} and edge.tenant_id = ${tenantId}`;
      rows = rows.where(sql<boolean>`(at, seq) < (${edge})`);
    }
    const page = await rows.orderBy('at', 'desc').orderBy('seq', 'desc').limit(Math.max(0, query.limit)).execute();
    return page.map((row) =>
      Object.freeze({
        id: row.id,
        tenantId: row.tenant_id === '' ? undefined : row.tenant_id,
        type: row.type as EventType,
        entityId: row.entity_id === '' ? undefined : row.entity_id,
        at: row.at,
        body: parseFrozen(row.body) as Settings,
      }),
    );
  }

  async prune(retention: EventRetention, now: number): Promise<number> {
    await this.flush();
    return pruneEvents(this.engine, retention, now);
  }

  /** @throws DatabaseError when they cannot be written now; they are tried again by themselves */
  async flush(): Promise<void> {
    // What is being written now may not hold all of them; what is written next does.
    if (this.writing !== undefined) await this.writing.catch(() => undefined);
    for (let groups = Math.ceil(this.buffer.length / GROUP_SIZE); groups > 0 && this.buffer.length > 0; groups--) {
      await this.write();
    }
  }

  /** Writes what can be written; the rest is told in the log. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    try {
      await this.flush();
    } catch (error) {
      this.logger.error('Events could not be written before the end', { lost: this.buffer.length, error });
      this.buffer.clear();
    }
  }

  private writeSoon(delayMs: number): void {
    if (this.timer !== undefined && delayMs > 0) return;
    if (this.writing !== undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      // What failed is in the log, and tried again.
      this.write().catch(() => undefined);
    }, delayMs);
    this.timer.unref();
  }

  /** One group after another; the promise of the one that is being written, if there is one. */
  private write(): Promise<void> {
    this.writing ??= this.writeGroup().finally(() => {
      this.writing = undefined;
      if (this.buffer.length > 0 && !this.isClosed) this.writeSoon(this.isLosing ? RETRY_MS : GROUP_MS);
    });
    return this.writing;
  }

  private async writeGroup(): Promise<void> {
    const events = this.buffer.take(GROUP_SIZE);
    if (events.length === 0) return;
    try {
      await this.engine.transaction((tx) => tx.insertInto('events').values(events).execute());
      this.isLosing = false;
    } catch (error) {
      if (!(error instanceof DatabaseError)) {
        // The rows themselves are at fault, or the disk is full: trying again would go on for ever.
        this.lose(events.length, 'The database refused them', error);
        return;
      }
      this.buffer.putBack(events);
      if (!this.isLosing) this.logger.warn('Events wait for the database', { waiting: this.buffer.length, error });
      this.isLosing = true;
      throw error;
    }
  }

  /** Told once until events are written again. */
  private lose(count: number, reason: string, error?: unknown): void {
    this.lost += count;
    if (!this.isLosing) this.logger.error('Events are lost', { reason, lost: this.lost, error });
    this.isLosing = true;
  }
}
