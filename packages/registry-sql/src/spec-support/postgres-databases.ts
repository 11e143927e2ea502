import { PostgresServer } from '@device-messaging/testkit';
import { SqlDatabase, type DatabaseOptions } from '../sql-database.js';
import { SILENT } from './silent-logger.js';
import type { TestDatabases } from './test-databases.js';

/** PostgreSQL, with as many nodes on one database as a test wants. */
export class PostgresDatabases implements TestDatabases {
  private running: PostgresServer | undefined;
  private readonly open: SqlDatabase[] = [];

  get server(): PostgresServer {
    if (this.running === undefined) throw new Error('The server was not started');
    return this.running;
  }

  async start(): Promise<void> {
    this.running = await PostgresServer.start();
  }

  /** @param options with a `databaseUrl`: one more node on that database */
  async create(options: Partial<DatabaseOptions> = {}): Promise<SqlDatabase> {
    const databaseUrl = options.databaseUrl ?? (await this.server.createDatabase());
    const database = await SqlDatabase.open({ logger: SILENT, dataDir: '', ...options, databaseUrl });
    this.open.push(database);
    return database;
  }

  async dispose(): Promise<void> {
    for (const database of this.open.splice(0)) await database.close();
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }
}
