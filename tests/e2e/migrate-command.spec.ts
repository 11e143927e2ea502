import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PostgresServer } from '@device-messaging/testkit';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Command, type CommandEnd } from './command.js';
import { START_TIMEOUT_MS } from './databases.js';
import { ServerProcess } from './server-process.js';

// Several programs in each test, on machines that are busy with other tests.
jest.setTimeout(60_000);

const PROGRAM = 'node_modules/.bin/device-messaging';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'migrate-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function migrate(environment: Readonly<Record<string, string>>, args: readonly string[] = []): Promise<CommandEnd> {
  return new Command(PROGRAM, ['migrate', ...args], { environment }).end;
}

describe('migrate', () => {
  it('ADC-40: makes the schema, once, for the server to find', async () => {
    const dataDir = join(directory, 'data');
    const config = join(directory, 'settings.yaml');
    writeFileSync(config, `dataDir: ${dataDir}\n`);
    expect(await migrate({}, ['--config', config])).toEqual({
      code: 0,
      stdout: `The schema of the database in ${dataDir} was made (version 1).\n`,
      stderr: '',
    });
    const again = await migrate({ DATA_DIR: dataDir });
    expect(again.stdout).toBe(`The schema of the database in ${dataDir} is up to date (version 1).\n`);
    const server = await ServerProcess.start({ environment: { DATA_DIR: dataDir } });
    const { code, stdout, stderr } = await migrate({ DATA_DIR: dataDir });
    await server.kill();
    expect([code, stdout, stderr.split('\n').length]).toEqual([1, '', 2]);
    expect(stderr).toContain(dataDir);
  });

  it.each([
    [{ DATABASE_URL: 'postgres://127.0.0.1:1/acme' }, /127\.0\.0\.1:1/],
    [{ DATABASE_URL: 'acme' }, /^databaseUrl \(DATABASE_URL\)|DATABASE_URL/],
    [{ DATA_DIR: '/dev/null/data' }, /^The data directory \/dev\/null\/data cannot be written/],
    [{ MQTT_BIND_PORT: 'x' }, /^mqtt\.bindPort \(MQTT_BIND_PORT\): must be an integer/],
  ])('ADC-40: says in a line that %j cannot be used', async (environment, message) => {
    const { code, stdout, stderr } = await migrate({ DATA_DIR: join(directory, 'data'), ...environment });
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(message)]);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('migrate on PostgreSQL', () => {
  let postgres: PostgresServer;

  beforeAll(async () => {
    postgres = await PostgresServer.start();
  }, START_TIMEOUT_MS);

  afterAll(() => postgres.stop());

  it('ADC-40, ADC-36: makes the schema, names the database without the password, needs no data directory', async () => {
    const url = await postgres.createDatabase();
    const environment = { DATABASE_URL: url, DATA_DIR: join(directory, 'data') };
    const { hostname, port, pathname, password } = new URL(url);
    const { code, stdout } = await migrate(environment);
    expect([code, stdout]).toEqual([
      0,
      `The schema of the database ${pathname.slice(1)} at ${hostname}:${port} was made (version 1).\n`,
    ]);
    expect(password === '' || !stdout.includes(password)).toBe(true);
    expect((await migrate(environment)).stdout).toContain('is up to date (version 1)');
    expect(existsSync(join(directory, 'data'))).toBe(false);
  });

  it('ADC-40: refuses a schema that a newer program has made', async () => {
    const url = await postgres.createDatabase();
    await migrate({ DATABASE_URL: url });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('insert into schema_versions (version, applied_at) values (99, 0)');
    await client.end();
    const { code, stdout, stderr } = await migrate({ DATABASE_URL: url });
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/^The database has schema version 99, this program/),
    ]);
  });
});
