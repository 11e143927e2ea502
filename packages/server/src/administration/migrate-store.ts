import 'reflect-metadata';
import { prepareDataDirectory } from '../data-directory.js';
import { standardErrorLogger } from '../logging/standard-error-logger.js';
import { readSettings } from '../settings/read-settings.js';
import type { ServerSettings } from '../settings/server-settings.js';
import { openStore } from '../store/open-store.js';

/**
 * Brings the schema of the database that the settings name up to date. Yields what was done, for people.
 * @throws StartError when the database cannot be used
 */
export async function migrateStore(configFile: string | undefined): Promise<string> {
  const settings = readSettings({ environment: process.env, configFile, demo: false });
  if (settings.databaseUrl === '') prepareDataDirectory(settings.dataDir);
  const store = await openStore(settings, standardErrorLogger(settings.logLevel));
  try {
    const { from, to } = store.migration;
    const where = placeOf(settings);
    if (from === to) return `The schema of ${where} is up to date (version ${to}).`;
    if (from === 0) return `The schema of ${where} was made (version ${to}).`;
    return `The schema of ${where} was brought from version ${from} to ${to}.`;
  } finally {
    await store.close();
  }
}

/** The URL without the password. */
function placeOf({ databaseUrl, dataDir }: ServerSettings): string {
  if (databaseUrl === '') return `the database in ${dataDir}`;
  if (!URL.canParse(databaseUrl)) return 'the database';
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `the database ${pathname.slice(1)} at ${hostname}${port === '' ? '' : `:${port}`}`;
}
