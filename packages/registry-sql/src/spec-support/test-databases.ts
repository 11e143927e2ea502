import { SqlDatabase, type DatabaseOptions } from '../sql-database.js';
import { PostgresServer } from './postgres-server.js';
import { SILENT } from './silent-logger.js';
import { SqliteDatabases } from './sqlite-databases.js';

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

/** How long PostgreSQL may take to start on a machine that is busy with other tests, ms. */
export const START_TIMEOUT_MS = 60_000;

/** Both kinds of databases, for suites that hold on each. */
export const DATABASES: readonly (readonly [name: string, databases: TestDatabases])[] = [
  ['SQLite', new SqliteDatabases()],
  ['PostgreSQL', new PostgresDatabases()],
];
