import type { Logger } from '@device-messaging/plugin-api';
import { DatabaseError, openDatabase, type SqlDatabase } from '@device-messaging/registry-sql';
import type { ServerSettings } from '../settings/server-settings.js';
import { StartError } from '../start-error.js';

/**
 * Opens the database that the settings name, its schema up to date: PostgreSQL by its URL, else a file in the data
 * directory.
 * @throws StartError saying why it cannot be used, and what to do.
 */
export async function openStore({ dataDir, databaseUrl, cache }: ServerSettings, logger: Logger): Promise<SqlDatabase> {
  try {
    return await openDatabase({ dataDir, databaseUrl: databaseUrl === '' ? undefined : databaseUrl, cache, logger });
  } catch (cause) {
    if (!(cause instanceof DatabaseError)) throw cause;
    throw new StartError([cause.message], { cause });
  }
}
