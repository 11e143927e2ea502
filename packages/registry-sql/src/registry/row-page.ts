import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely';
import { asId, type Page } from '@device-messaging/host-api';
import type { Schema } from '../database/schema.js';

type AgedTable = 'tenants' | 'customers' | 'devices' | 'users';

/** Ids of no row: an `after` that cannot be an id. */
const NO_ID = '';

/** Rows that are younger than the row `after`, if that is among those of `owner`; then none. */
export function isAfter(table: AgedTable, after: string, owner?: RawBuilder<unknown>): RawBuilder<boolean> {
  const id = asId(after) ?? NO_ID;
  const [at, sequence, rows] = [sql.ref(`${table}.created_at`), sql.ref(`${table}.seq`), sql.table(table)];
  const condition = owner === undefined ? sql`` : sql` and ${owner}`;
  return sql`(${at}, ${sequence}) > (select created_at, seq from ${rows} as edge where edge.id = ${id}${condition})`;
}

/** A page in order of age. */
export function pageOf<Table extends AgedTable, Row>(
  query: SelectQueryBuilder<Schema, Table, Row>,
  table: Table,
  { limit }: Pick<Page, 'limit'>,
): SelectQueryBuilder<Schema, Table, Row> {
  return query
    .orderBy(sql.ref(`${table}.created_at`))
    .orderBy(sql.ref(`${table}.seq`))
    .limit(Math.max(0, limit));
}
