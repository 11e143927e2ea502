import type { RegistryChange } from '@device-messaging/host-api';
import type { Reads, Writes } from './schema.js';

/** Transactions that are remembered at least. A node that missed more forgets all that it knows. */
const REMEMBERED_VERSIONS = 10_000;

/** Changes of one transaction that are listed; of more, an import's say, only the version is told. */
const MAX_LISTED_CHANGES = 100;

/** Transactions that are told at once; whoever missed more is quicker when it forgets everything. */
const MAX_MISSED = 1_000;

/**
 * Notes what a transaction changed, as its last step: the counter's row is locked from here to the commit, which puts
 * the transactions of all nodes in one order without gaps.
 */
export async function recordChanges(tx: Writes, changes: readonly RegistryChange[]): Promise<void> {
  const { version } = await tx
    .updateTable('change_counter')
    .set((row) => ({ version: row('version', '+', 1) }))
    .returning('version')
    .executeTakeFirstOrThrow();
  const listed = changes.length > MAX_LISTED_CHANGES ? null : JSON.stringify(changes);
  await tx.insertInto('changes').values({ version, changes: listed }).execute();
  await tx
    .deleteFrom('changes')
    .where('version', '<=', version - REMEMBERED_VERSIONS)
    .execute();
}

/** What happened to the registry since a version of it, on whichever node. */
export interface MissedChanges {
  /** The version that holds now. */
  readonly version: number;
  /** In order. `undefined`: more than is remembered; whoever asks must forget all that it knows. */
  readonly changes: readonly RegistryChange[] | undefined;
}

/** @param since the version up to which everything is known; `undefined`: only the version of now is asked for */
export async function readChanges(db: Reads, since: number | undefined): Promise<MissedChanges> {
  // The counter first: what is committed between the two queries is told next time, again or for the first time.
  const { version } = await db.selectFrom('change_counter').select('version').executeTakeFirstOrThrow();
  if (since === undefined || since === version) return { version, changes: [] };
  const rows = await db
    .selectFrom('changes')
    .select('changes')
    .where('version', '>', since)
    .where('version', '<=', version)
    .orderBy('version')
    .limit(MAX_MISSED)
    .execute();
  const isWhole = rows.length === version - since && rows.every((row) => row.changes !== null);
  const changes = rows.flatMap((row) => (row.changes === null ? [] : (JSON.parse(row.changes) as RegistryChange[])));
  return { version, changes: isWhole ? changes : undefined };
}
