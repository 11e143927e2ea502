import { PostgresServer } from '@device-messaging/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long PostgreSQL and a server may take to start on a machine that is busy with other tests, ms. */
export const START_TIMEOUT_MS = 90_000;

/** Where the servers of one spec keep what they have. */
export interface Databases {
  start(): Promise<void>;
  /** The environment of a server with an empty database. One that is started with it again finds what was there. */
  create(): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

class SqliteDatabases implements Databases {
  private readonly directories: string[] = [];

  async start(): Promise<void> {
    // There is nothing to start.
  }

  async create(): Promise<{ DATA_DIR: string }> {
    const directory = await mkdtemp(join(tmpdir(), 'e2e-database-'));
    this.directories.push(directory);
    return { DATA_DIR: join(directory, 'data') };
  }

  async stop(): Promise<void> {
    for (const directory of this.directories.splice(0)) await rm(directory, { recursive: true, force: true });
  }
}

class PostgresDatabases implements Databases {
  private readonly directories = new SqliteDatabases();
  private server: PostgresServer | undefined;

  async start(): Promise<void> {
    this.server = await PostgresServer.start();
  }

  async create(): Promise<Readonly<Record<string, string>>> {
    return { ...(await this.directories.create()), DATABASE_URL: await this.server!.createDatabase() };
  }

  async stop(): Promise<void> {
    await this.directories.stop();
    await this.server?.stop();
  }
}

/** Both kinds, for what holds on each. */
export const DATABASES: readonly (readonly [name: string, databases: Databases])[] = [
  ['SQLite', new SqliteDatabases()],
  ['PostgreSQL', new PostgresDatabases()],
];
