import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqlDatabase, type DatabaseOptions } from '../sql-database.js';
import { SILENT } from './silent-logger.js';
import type { TestDatabases } from './test-databases.js';

/** SQLite databases of one spec, each in a directory of its own. */
export class SqliteDatabases implements TestDatabases {
  private readonly directories: string[] = [];
  private readonly open: SqlDatabase[] = [];

  async start(): Promise<void> {
    // There is nothing to start.
  }

  async stop(): Promise<void> {
    await this.dispose();
  }

  async newDirectory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'registry-sql-'));
    this.directories.push(directory);
    return directory;
  }

  /** @param options what is not said is a new directory and no log */
  async create(options: Partial<DatabaseOptions> = {}): Promise<SqlDatabase> {
    const dataDir = options.dataDir ?? (await this.newDirectory());
    const database = await SqlDatabase.open({ logger: SILENT, ...options, dataDir });
    this.open.push(database);
    return database;
  }

  /** Closes and removes all of them. */
  async dispose(): Promise<void> {
    for (const database of this.open.splice(0)) await database.close();
    for (const directory of this.directories.splice(0)) await rm(directory, { recursive: true, force: true });
  }
}
