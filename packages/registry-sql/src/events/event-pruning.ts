import type { EventRetention } from '@device-messaging/host-api';
import { sql, type RawBuilder } from 'kysely';
import type { SqlEngine } from '../database/sql-engine.js';

/** Rows that are deleted in one transaction: others get in between. */
const DELETED_AT_ONCE = 2_000;

/** Removes events that are older than they may be, or more than there may be. Yields how many. */
export async function pruneEvents(engine: SqlEngine, retention: EventRetention, now: number): Promise<number> {
  let removed = await deleteWhere(engine, sql`at < ${Math.floor(now - retention.maxAgeMs)}`);
  for await (const { tenantId, type } of groups(engine)) {
    const isOfGroup = sql`tenant_id = ${tenantId} and type = ${type}`;
    const edge = await engine.reads
      .selectFrom('events')
      .select(['at', 'seq'])
      .where(sql<boolean>`${isOfGroup}`)
      .orderBy('at', 'desc')
      .orderBy('seq', 'desc')
      .offset(Math.max(0, retention.maxCount))
      .limit(1)
      .executeTakeFirst();
    if (edge === undefined) continue;
    removed += await deleteWhere(engine, sql`${isOfGroup} and (at, seq) <= (${edge.at}, ${edge.seq})`);
  }
  return removed;
}

/** Tenants and types that have events, one look at the index for each. */
async function* groups(engine: SqlEngine): AsyncGenerator<{ readonly tenantId: string; readonly type: string }> {
  let last: { readonly tenantId: string; readonly type: string } | undefined;
  for (;;) {
    let rows = engine.reads.selectFrom('events').select(['tenant_id', 'type']);
    if (last !== undefined) rows = rows.where(sql<boolean>`(tenant_id, type) > (${last.tenantId}, ${last.type})`);
    const next = await rows.orderBy('tenant_id').orderBy('type').limit(1).executeTakeFirst();
    if (next === undefined) return;
    last = { tenantId: next.tenant_id, type: next.type };
    yield last;
  }
}

async function deleteWhere(engine: SqlEngine, condition: RawBuilder<unknown>): Promise<number> {
  for (let removed = 0; ;) {
    const { numDeletedRows } = await engine.transaction((tx) =>
      tx
        .deleteFrom('events')
        .where('seq', 'in', (rows) =>
          rows
            .selectFrom('events')
            .select('seq')
            .where(sql<boolean>`${condition}`)
            .limit(DELETED_AT_ONCE),
        )
        .executeTakeFirstOrThrow(),
    );
    removed += Number(numDeletedRows);
    if (numDeletedRows < DELETED_AT_ONCE) return removed;
  }
}
