import Database from 'libsql';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseError } from '../database/database-error.js';

/** Name of the file in the data directory. */
const FILE_NAME = 'device-messaging.db';

/**
 * The database's file, held by this process alone. Threads of the process may open it as often as they like: the lock
 * is on a file beside it. The system gives it up when the process ends, however it ends.
 */
export class SqliteFile {
  private constructor(
    readonly path: string,
    private readonly lock: InstanceType<typeof Database>,
  ) {}

  /**
   * Makes directory and file when they are missing, readable by this user alone: there are keys in it.
   * @throws DatabaseError NOT_WRITABLE, LOCKED
   */
  static open(dataDir: string): SqliteFile {
    const path = join(dataDir, FILE_NAME);
    try {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      for (const file of [path, `${path}.lock`]) closeSync(openSync(file, 'a', 0o600));
    } catch (error) {
      const { message } = error as Error;
      throw new DatabaseError('NOT_WRITABLE', `The database ${path} cannot be written (${message}): set DATA_DIR`);
    }
    return new SqliteFile(path, lockedBy(path));
  }

  /** After the last thread closed it. */
  release(): void {
    this.lock.close();
  }
}

function lockedBy(path: string): InstanceType<typeof Database> {
  const lock = new Database(`${path}.lock`);
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    throw new DatabaseError(
      'LOCKED',
      `Another process has the database ${path} open: stop it, set another DATA_DIR, or share a PostgreSQL by DATABASE_URL`,
    );
  }
}
