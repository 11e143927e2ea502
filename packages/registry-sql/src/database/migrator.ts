import { sql } from 'kysely';
import { DatabaseError } from './database-error.js';
import type { Migration } from './migration.js';
import { createTables } from './migrations/0001-tables.js';
import type { Writes } from './schema.js';
import type { SqlDialect, SqlEngine } from './sql-engine.js';

/** All of them, in order. */
export const MIGRATIONS: readonly Migration[] = [createTables];

/** Number of PostgreSQL's advisory lock under which nodes migrate one after another. Arbitrary, fixed for good. */
const MIGRATION_LOCK = 1_684_893_550;

/** What was done to the schema: from 0 when the database was empty. */
export interface MigrationReport {
  readonly from: number;
  readonly to: number;
}

/**
 * Brings the schema up to date, all of it or nothing.
 * @throws DatabaseError NEWER_SCHEMA when a newer program has been here
 */
export function migrate(
  engine: SqlEngine,
  now: number,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<MigrationReport> {
  const to = migrations.at(-1)?.version ?? 0;
  return engine.transaction(async (tx) => {
    const from = await currentVersion(tx, engine.dialect);
    if (from > to) {
      throw new DatabaseError(
        'NEWER_SCHEMA',
        `The database has schema version ${from}, this program knows versions up to ${to}: run the newer program, or restore a backup from before it`,
      );
    }
    for (const migration of migrations) {
      if (migration.version <= from) continue;
      await migration.up(tx, engine.dialect);
      await tx.insertInto('schema_versions').values({ version: migration.version, applied_at: now }).execute();
    }
    return { from, to };
  });
}

async function currentVersion(tx: Writes, dialect: SqlDialect): Promise<number> {
  if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(tx);
  await tx.schema
    .createTable('schema_versions')
    .ifNotExists()
    .addColumn('version', 'bigint', (column) => column.primaryKey())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .execute();
  const row = await tx
    .selectFrom('schema_versions')
    .select(({ fn }) => fn.max('version').as('version'))
    .executeTakeFirst();
  return row?.version ?? 0;
}
