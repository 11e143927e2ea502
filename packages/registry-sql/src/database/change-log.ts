import type { RegistryChange } from '@device-messaging/host-api';
import type { Writes } from './schema.js';

/** Transactions that are remembered at least. A node that missed more forgets all that it knows. */
export const REMEMBERED_VERSIONS = 10_000;

/** Changes of one transaction that are listed; of more, an import's say, only the version is told. */
const MAX_LISTED_CHANGES = 100;

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
