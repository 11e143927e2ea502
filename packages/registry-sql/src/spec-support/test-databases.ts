import type { SqlDatabase, DatabaseOptions } from '../sql-database.js';

/** How long PostgreSQL may take to start on a machine that is busy with other tests, ms. */
export const START_TIMEOUT_MS = 60_000;

/** Where a spec's databases come from. */
export interface TestDatabases {
  /** Before the first test; gives PostgreSQL its time to start. */
  start(): Promise<void>;
  /** A new, empty database. */
  create(options?: Partial<DatabaseOptions>): Promise<SqlDatabase>;
  /** Closes what is open: after each test. */
  dispose(): Promise<void>;
  /** After the last test. */
  stop(): Promise<void>;
}
