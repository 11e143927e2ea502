import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@device-messaging/registry-sql';

const logger = { debug: () => {}, info: () => {}, warn: console.warn, error: console.error };

/**
 * The server's own registry, empty: SQLite in a directory that is gone with the process, behind the cache as the server
 * has it unless told otherwise.
 */
export async function openSqliteRegistry() {
  const dataDir = mkdtempSync(join(tmpdir(), 'device-messaging-bench-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const { registry } = await openDatabase({ dataDir, logger });
  return registry;
}
