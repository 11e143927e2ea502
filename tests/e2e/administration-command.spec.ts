import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, type CommandEnd, type CommandOptions } from './command.js';
import { A1, A2, UNASSIGNED } from './demo-account.js';
import { ServerProcess } from './server-process.js';
import { TlsFolder } from './tls-files.js';

// Several programs in each test, on machines that are busy with other tests.
jest.setTimeout(60_000);

const PROGRAM = 'node_modules/.bin/device-messaging';
const TENANT = { username: 'tenant@thingsboard.org', password: 'tenant' };
const SYSTEM = { username: 'sysadmin@thingsboard.org', password: 'sysadmin' };
const UUID = /^[0-9a-f-]{36}$/;

let files: TlsFolder;
let server: ServerProcess;
/** The home of whoever is at the terminal; another one for each test. */
let home: string;
/** The home of the tenant's administrator, who is logged in all the time. */
let tenantHome: string;

beforeAll(async () => {
  files = new TlsFolder();
  server = await ServerProcess.start({ environment: files.environment });
  tenantHome = mkdtempSync(join(tmpdir(), 'administrator-'));
  const password = { DEVICE_MESSAGING_PASSWORD: TENANT.password };
  await tenant(['login', server.httpUrl, '--username', TENANT.username], { environment: password });
});

afterAll(async () => {
  await server.kill();
  files.remove();
  rmSync(tenantHome, { recursive: true });
});

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'administrator-'));
});

afterEach(() => rmSync(home, { recursive: true }));

function start(args: readonly string[], { environment, ...options }: CommandOptions = {}): Command {
  return new Command(PROGRAM, args, { ...options, environment: { XDG_CONFIG_HOME: home, ...environment } });
}

function run(args: readonly string[], options?: CommandOptions): Promise<CommandEnd> {
  return start(args, options).end;
}

/** The environment of a script that is this user. */
function as({ username, password }: typeof TENANT): Readonly<Record<string, string>> {
  return {
    DEVICE_MESSAGING_URL: server.httpUrl,
    DEVICE_MESSAGING_USERNAME: username,
    DEVICE_MESSAGING_PASSWORD: password,
  };
}

/** Runs a command as a script that is the demo account's tenant, without a session. */
function script(args: readonly string[], options: CommandOptions = {}): Promise<CommandEnd> {
  return run(args, { ...options, environment: { ...as(TENANT), ...options.environment } });
}

/** Runs a command as the demo account's tenant, who is logged in. */
function tenant(args: readonly string[], options: CommandOptions = {}): Promise<CommandEnd> {
  return run(args, { ...options, environment: { ...options.environment, XDG_CONFIG_HOME: tenantHome } });
}

/** The same, with `--json`, which must succeed. */
async function json<T = Record<string, unknown>>(args: readonly string[], options?: CommandOptions): Promise<T> {
  const { code, stdout, stderr } = await tenant([...args, '--json'], options);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

function login({ username, password } = TENANT, url = server.httpUrl): Promise<CommandEnd> {
  return run(['login', url, '--username', username, '--password-stdin'], { input: `${password}\n` });
}

function sessionFile(): string {
  return join(home, 'device-messaging', 'session.json');
}

function changeSession(change: Readonly<Record<string, unknown>>): void {
  const session = JSON.parse(readFileSync(sessionFile(), 'utf8')) as Record<string, unknown>;
  writeFileSync(sessionFile(), JSON.stringify({ ...session, ...change }));
}

function file(name: string, content: string): string {
  const path = join(home, name);
  writeFileSync(path, content);
  return path;
}

describe('who administers, and where', () => {
  it('ADC-1, ADC-36: a session is kept in a file of its owner until logout', async () => {
    expect(await login()).toEqual({
      code: 0,
      stdout: '',
      stderr: `Logged in at ${server.httpUrl} as ${TENANT.username}.\n`,
    });
    expect(statSync(sessionFile()).mode & 0o777).toBe(0o600);
    expect(readFileSync(sessionFile(), 'utf8')).not.toContain('"tenant"');
    expect((await run(['customers', 'list'])).stdout).toContain('Customer A');
    expect(await run(['logout'])).toMatchObject({ code: 0, stderr: expect.stringContaining('is logged out of') });
    expect(existsSync(sessionFile())).toBe(false);
    const { code, stderr } = await run(['customers', 'list']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^You are not logged in: device-messaging login /)]);
  });

  it('ADC-2: login takes the password from the environment, and asks nobody who is not there', async () => {
    const args = ['login', `${server.httpUrl}/api/`, '--username', TENANT.username];
    expect((await run(args, { environment: { DEVICE_MESSAGING_PASSWORD: 'tenant' } })).code).toBe(0);
    const { code, stderr } = await run(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--password-stdin, or set DEVICE_MESSAGING_PASSWORD')]);
  });

  it('ADC-3: scripts need no session, keep none, and log out', async () => {
    expect((await script(['customers', 'list'])).code).toBe(0);
    expect(readdirSync(home)).toEqual([]);
    const logins = await json<{ body: { outcome: string } }[]>(['events', 'list', '--type', 'LOGIN', '--limit', '2']);
    expect(logins.map(({ body }) => body.outcome)).toEqual(['LOGGED_OUT', 'LOGGED_IN']);
  });

  it('ADC-3, ADC-32: a part of the variables is a usage error that names the others', async () => {
    const { code, stderr } = await run(['customers', 'list'], { environment: { DEVICE_MESSAGING_USERNAME: 'me' } });
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/Not set: DEVICE_MESSAGING_URL, DEVICE_MESSAGING_PASSWORD\.\n$/),
    ]);
  });

  it('ADC-4: logout forgets the session even when the server is not reached', async () => {
    const other = await ServerProcess.start();
    await login(TENANT, other.httpUrl);
    await other.stop();
    const { code, stderr } = await run(['logout']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^Logged out here, but the server was not told\. No server/),
    ]);
    expect((await run(['logout'])).stderr).toBe('You were not logged in.\n');
  });

  it('ADC-4: password changes it, keeps this session and ends the others', async () => {
    const user = { username: 'changes@example.com', password: 'first-password' };
    const create = ['users', 'create', user.username, '--role', 'TENANT_ADMIN', '--password-stdin'];
    expect((await tenant(create, { input: user.password })).code).toBe(0);
    await login(user);
    const elsewhere = readFileSync(sessionFile(), 'utf8');
    await login(user);
    const wrong = await run(['password', '--password-stdin'], { input: 'no-password\nsecond-password\n' });
    expect([wrong.code, wrong.stderr]).toEqual([1, 'The request is not valid:\n  current: is not your password\n']);
    const changed = await run(['password', '--password-stdin'], { input: 'first-password\nsecond-password\n' });
    expect([changed.code, changed.stderr]).toEqual([0, expect.stringContaining('was changed')]);
    expect((await run(['customers', 'list'])).code).toBe(0);
    writeFileSync(sessionFile(), elsewhere);
    expect(await run(['customers', 'list'])).toMatchObject({
      code: 1,
      stderr: `The session of ${user.username} has ended: device-messaging login ${server.httpUrl} --username ${user.username}\n`,
    });
    expect((await login(user)).stderr).toBe('User name or password is wrong.\n');
  });

  it.each([
    ['has ended', { expiresAt: 1 }],
    ['is refused', { token: 'eyJ.of.nobody' }],
  ])('ADC-5: commands that run at the same time survive a token that %s', async (_what, change) => {
    await login();
    for (let round = 0; round < 2; round++) {
      changeSession(change);
      const ends = await Promise.all(Array.from({ length: 5 }, () => run(['customers', 'list'])));
      expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(ends.map(() => [0, '']));
      expect(readdirSync(join(home, 'device-messaging'))).toEqual(['session.json']);
    }
  });

  it('ADC-6: trusts the authority that --ca names, and remembers it', async () => {
    const ca = files.write('ca', files.certificate.cert);
    const untrusted = await login(TENANT, server.httpsUrl);
    expect([untrusted.code, untrusted.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^The TLS certificate of \S+ is not trusted \(.*\)\. Name the authority of it by --ca\.\n$/,
      ),
    ]);
    const args = ['login', server.httpsUrl, '--username', TENANT.username, '--password-stdin', '--ca', ca];
    expect((await run(args, { input: 'tenant' })).code).toBe(0);
    expect((await run(['customers', 'list'])).code).toBe(0);
    const environment = { ...as(TENANT), DEVICE_MESSAGING_URL: server.httpsUrl, DEVICE_MESSAGING_CA: ca };
    expect((await run(['customers', 'list'], { environment })).code).toBe(0);
  });

  it('ADC-7: a session is not used where the environment names another server', async () => {
    await login();
    const { code, stderr } = await run(['customers', 'list'], {
      environment: { DEVICE_MESSAGING_URL: 'http://127.0.0.1:1' },
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`you are logged in at ${server.httpUrl}`)]);
  });

  it('ADC-7: a command ends when another one logs in as somebody else meanwhile', async () => {
    await login();
    const proxy = await interruptingProxy('/api/customers', async () => {
      await login(SYSTEM, proxy.url);
      changeSession({ url: proxy.url, token: 'eyJ.of.nobody' });
      return 401;
    });
    changeSession({ url: proxy.url });
    const { code, stderr } = await run(['customers', 'list']);
    proxy.close();
    expect([code, stderr]).toEqual([1, 'Another command has ended the session: log in again.\n']);
  });
});

/**
 * The server behind something that does this once, when a path is asked for; then the request goes on, or is answered
 * with the status that comes of it.
 */
async function interruptingProxy(
  path: string,
  interrupt: () => Promise<number | void>,
  method = 'GET',
): Promise<{ readonly url: string; close(): void }> {
  let isDue = true;
  const proxy: Server = createServer((request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>;
      const isIt = isDue && request.url!.startsWith(path) && request.method === method;
      if (isIt) isDue = false;
      const status = isIt ? await interrupt() : undefined;
      if (typeof status === 'number') return void response.writeHead(status).end();
      const body = pieces.length === 0 ? null : Buffer.concat(pieces);
      const answer = await fetch(`${server.httpUrl}${request.url!}`, { method: request.method!, headers, body });
      const etag = answer.headers.get('etag');
      response.writeHead(answer.status, etag === null ? {} : { etag }).end(await answer.text());
    })();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const close = (): void => {
    proxy.close();
    proxy.closeAllConnections();
  };
  return { url, close };
}

describe('rows', () => {
  it('ADC-8, ADC-31: lists are tables, filtered and limited', async () => {
    const { stdout } = await tenant(['devices', 'list', '--customer', 'Customer A', '--limit', '2', '--offline']);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['ID', 'NAME', 'TYPE', 'CUSTOMER', 'ONLINE'],
      [A1.id, 'Test Device A1', 'default', expect.stringMatching(UUID), 'no'],
      [A2.id, 'Test Device A2', 'default', expect.stringMatching(UUID), 'no'],
      [''],
    ]);
    expect(await json(['devices', 'list', '--online'])).toEqual([]);
    expect((await tenant(['devices', 'list', '--type', 'nope', '--json'])).stdout).toBe('[]\n');
  });

  it('ADC-8, ADC-20, ADC-21, ADC-30: lists have all pages, as one JSON document', async () => {
    const lines = Array.from({ length: 2_500 }, (_, index) => `bulk-${index},bulk,Bulk customer`);
    const csv = file('devices.csv', `name,type,customer\n${lines.join('\n')}\n`);
    expect(await tenant(['devices', 'import', csv])).toEqual({
      code: 0,
      stdout: 'Devices made: 2500. Lines not taken: 0.\n',
      stderr: `${statSync(csv).size} bytes, 2501 lines sent\n`,
    });
    const rows = await json<{ name: string }[]>(['devices', 'list', '--type', 'bulk']);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(2_500);
    expect((await tenant(['devices', 'list', '--type', 'bulk', '--limit', '1200'])).stdout.split('\n')).toHaveLength(
      1_202,
    );
    const early = start(['devices', 'list', '--type', 'bulk'], { environment: { XDG_CONFIG_HOME: tenantHome } });
    await early.untilPrinted('bulk-0');
    early.closeOutput();
    // ADC-34
    expect(await early.end).toMatchObject({ code: 0, stderr: '' });
  });

  it('ADC-9, ADC-10: rows are made, shown, changed and deleted by name', async () => {
    const made = await json(['customers', 'create', 'Customer "D"']);
    expect(await json(['customers', 'get', 'Customer "D"'])).toEqual(made);
    expect(await json(['customers', 'get', String(made['id']).toUpperCase()])).toEqual(made);
    const changed = await json(['customers', 'update', 'Customer "D"', '--title', 'Customer E']);
    expect(changed).toEqual({ ...made, title: 'Customer E' });
    expect(await tenant(['customers', 'delete', 'Customer E'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Customer E is deleted.\n',
    });
    expect(await tenant(['customers', 'get', 'Customer E'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no customer "Customer E". "device-messaging customers list" shows them.\n',
    });
    expect(await tenant(['customers', 'get', String(made['id'])])).toMatchObject({
      code: 1,
      stderr: 'There is no such customer.\n',
    });
  });

  it('ADC-9: what is not named stays', async () => {
    await json(['devices', 'create', 'keeps', '--type', 'pump', '--customer', 'Customer B']);
    const renamed = await json(['devices', 'update', 'keeps', '--name', 'kept']);
    expect(renamed).toMatchObject({ name: 'kept', type: 'pump', customerId: expect.stringMatching(UUID) });
    expect(await tenant(['devices', 'update', 'kept'])).toMatchObject({
      code: 2,
      stderr: 'Nothing is to be changed: say what by an option, see --help.\n',
    });
  });

  it('ADC-10: a name of several rows is refused with their ids', async () => {
    const ids = [await json(['devices', 'create', 'twin']), await json(['devices', 'create', 'twin'])].map(
      ({ id }) => id as string,
    );
    const { code, stderr } = await tenant(['devices', 'get', 'twin']);
    expect([code, stderr]).toEqual([1, `2 devices are called "twin". Give the id of one: ${ids.join(', ')}\n`]);
  });

  it('ADC-11, ADC-33: what somebody else changed meanwhile is not overwritten', async () => {
    const { id } = await json(['devices', 'create', 'contested']);
    const proxy = await interruptingProxy(
      `/api/devices/${String(id)}`,
      async () => void (await json(['devices', 'update', String(id), '--type', 'theirs'])),
      'PUT',
    );
    const environment = { DEVICE_MESSAGING_URL: proxy.url };
    const { code, stderr } = await script(['devices', 'update', 'contested', '--name', 'mine'], { environment });
    proxy.close();
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^The row was changed since you read it/)]);
    expect(await json(['devices', 'get', String(id)])).toMatchObject({ name: 'contested', type: 'theirs' });
  });

  it('ADC-12: a rule goes out to a file and comes back', async () => {
    const rule = await json(['rules', 'get', 'Demo Messaging RPC Rule']);
    const copy = { ...rule, name: 'Copied rule', state: 'SUSPENDED' };
    const made = await json(['rules', 'create', file('rule.json', JSON.stringify(copy))]);
    expect(made).toEqual({ ...copy, id: expect.stringMatching(UUID) });
    expect(made['id']).not.toBe(rule['id']);
    const input = JSON.stringify({ ...made, weight: -5 });
    expect(await json(['rules', 'update', 'Copied rule', '-'], { input })).toEqual({ ...made, weight: -5 });
    expect((await tenant(['rules', 'delete', 'Copied rule'])).code).toBe(0);
  });

  it('ADC-13: a system administrator makes a tenant with its users, and deletes it when that is meant', async () => {
    const system = (args: readonly string[], options: CommandOptions = {}): Promise<CommandEnd> =>
      run(args, { ...options, environment: as(SYSTEM) });
    await system(['tenants', 'create', 'Acme']);
    const create = ['users', 'create', 'root@acme.example', '--tenant', 'Acme', '--role', 'TENANT_ADMIN', '--json'];
    const made = await system([...create, '--password-stdin'], { input: 'acme-password' });
    expect(JSON.parse(made.stdout)).toMatchObject({ username: 'root@acme.example', role: 'TENANT_ADMIN' });
    expect((await system(['users', 'list', '--tenant', 'Acme'])).stdout).toContain('root@acme.example');
    const acme = { username: 'root@acme.example', password: 'acme-password' };
    expect((await run(['customers', 'list', '--json'], { environment: as(acme) })).stdout).toBe('[]\n');
    const careless = await system(['tenants', 'delete', 'Acme']);
    expect([careless.code, careless.stderr]).toEqual([
      2,
      'This deletes Acme with everything it has. If you mean it, say --yes.\n',
    ]);
    expect((await system(['tenants', 'delete', 'Acme', '--yes'])).code).toBe(0);
    const gone = await run(['customers', 'list'], { environment: as(acme) });
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringMatching(/^User name or password is wrong\. Check DEV/)]);
  });

  it('ADC-9: a user changes role, customer and password', async () => {
    const create = ['users', 'create', 'user@example.com', '--role', 'CUSTOMER_USER', '--customer', 'Customer A'];
    const environment = { DEVICE_MESSAGING_NEW_PASSWORD: 'old-password' };
    const made = await json(create, { environment });
    expect(made).toMatchObject({ role: 'CUSTOMER_USER', customerId: expect.stringMatching(UUID) });
    const promoted = await json(['users', 'update', 'user@example.com', '--role', 'TENANT_ADMIN']);
    expect(promoted).toEqual({ id: made['id'], username: 'user@example.com', role: 'TENANT_ADMIN' });
    await json(['users', 'update', 'user@example.com', '--password-stdin'], { input: 'new-password' });
    const user = { username: 'user@example.com', password: 'new-password' };
    expect((await run(['customers', 'list'], { environment: as(user) })).code).toBe(0);
    expect((await tenant(['users', 'delete', 'user@example.com'])).code).toBe(0);
  });
});

describe('actions', () => {
  it('ADC-14: devices are assigned, and get tokens that work', async () => {
    const { id } = await json(['devices', 'create', 'moves']);
    expect(await json(['devices', 'assign', 'moves', 'Customer C'])).toMatchObject({
      id,
      customerId: expect.stringMatching(UUID),
    });
    expect(await json(['devices', 'assign', 'moves', '--none'])).toMatchObject({ id, customerId: null });
    for (const args of [['moves'], ['moves', 'Customer C', '--none']]) {
      expect(await tenant(['devices', 'assign', ...args])).toMatchObject({
        code: 2,
        stderr: 'To whom? Name a customer, or say --none.\n',
      });
    }
    const { stdout } = await tenant(['devices', 'token', 'moves']);
    expect(stdout).toMatch(/^\S{20}\n$/);
    const playing = ['device', 'list', '--url', server.mqttUrl, '--token', stdout.trim()];
    expect((await run(playing)).stdout).toBe('{"error":"Device is unassigned!"}\n');
    await json(['devices', 'assign', 'moves', 'Customer C']);
    expect((await run(playing)).stdout).toContain('"Test Device C1"');
  });

  it('ADC-14, ADC-36: a device is made with a token from standard input', async () => {
    const made = await json(['devices', 'create', 'known', '--token-stdin'], { input: 'KNOWN_TOKEN\n' });
    expect(made['token']).toBe('KNOWN_TOKEN');
    const taken = await tenant(['devices', 'create', 'other', '--token-stdin'], { input: 'KNOWN_TOKEN\n' });
    expect([taken.code, taken.stdout]).toEqual([1, '']);
    expect(taken.stderr).toContain('has these credentials');
    expect(taken.stderr).not.toContain('KNOWN_TOKEN');
  });

  it('ADC-15: calls a device, byte for byte', async () => {
    const exact = '{"b": 1.10, "a":12345678901234567890}';
    const listen = ['device', 'listen', '--url', server.mqttUrl, '--token', A1.token, '--echo', '--count', '1'];
    const device = start(listen);
    await device.untilPrinted('Listening', 'stderr');
    const { code, stdout } = await tenant(['devices', 'call', 'Test Device A1', 'ping', exact]);
    expect([code, stdout]).toEqual([0, `${exact}\n`]);
    expect((await device.end).stdout).toContain(`"method":"ping","params":${exact}}`);
    const away = await tenant(['devices', 'call', UNASSIGNED.id, 'ping']);
    expect([away.code, away.stderr]).toEqual([1, 'No active connection to the remote device!\n']);
    const wrong = await tenant(['devices', 'call', UNASSIGNED.id, 'ping', '{a:1}']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/^The params is not JSON: \{a:1\}\. Shells/)]);
  });

  it('ADC-16, ADC-17: plugins are made, suspended, and enabled for each customer', async () => {
    expect((await tenant(['plugins', 'types'])).stdout).toMatch(/^device-messaging .* getDevices, sendMsg$/m);
    const configuration = file('configuration.json', '{"maxTimeout":30000}');
    const create = ['plugins', 'create', 'Second', '--type', 'device-messaging', '--token', 'second', '--without-rule'];
    const made = await json([...create, '--configuration', `@${configuration}`, '--suspended']);
    expect(made).toMatchObject({ state: 'SUSPENDED', configuration: { maxTimeout: 30_000 } });
    expect(await json(['plugins', 'activate', 'Second'])).toMatchObject({ state: 'ACTIVE' });
    expect(await json(['plugins', 'suspend', 'Second'])).toMatchObject({ state: 'SUSPENDED' });
    expect(await json(['plugins', 'update', 'Second', '--configuration', '{"defaultTimeout":100}'])).toEqual({
      ...made,
      configuration: { defaultTimeout: 100 },
    });
    const customers = ['plugins', 'customers'];
    await json([...customers, 'override', 'Second', 'Customer B', '{"maxTimeout":5000}']);
    await json([...customers, 'disable', 'Second', 'Customer B']);
    await json([...customers, 'default', 'Second', 'disabled']);
    await json([...customers, 'enable', 'Second', 'Customer A']);
    const [a, b] = await json<{ id: string }[]>(['customers', 'list', '--limit', '2']);
    const all = {
      default: false,
      customers: {
        [a!.id]: { enabled: true, configuration: {} },
        [b!.id]: { enabled: false, configuration: { maxTimeout: 5_000 } },
      },
    };
    expect(await json([...customers, 'list', 'Second'])).toEqual(all);
    expect((await tenant([...customers, 'list', 'Second'])).stdout).toContain(`${b!.id}  false    {"maxTimeout":5000}`);
    await tenant([...customers, 'reset', 'Second', 'Customer A']);
    expect(await json([...customers, 'list', 'Second'])).toEqual({
      ...all,
      customers: { [b!.id]: all.customers[b!.id] },
    });
    expect((await tenant(['plugins', 'delete', 'Second'])).code).toBe(0);
  });

  it('ADC-16: rules are suspended and activated', async () => {
    const rule = 'Demo Messaging RPC Rule';
    expect(await json(['rules', 'suspend', rule])).toMatchObject({ state: 'SUSPENDED' });
    expect(await json(['rules', 'activate', rule])).toMatchObject({ state: 'ACTIVE' });
  });

  it('ADC-18: quotas are set one by one, and lifted', async () => {
    const quotas = ['customers', 'quotas', 'Customer C'];
    expect(await tenant(quotas)).toEqual({ code: 0, stdout: '', stderr: 'Customer C is not limited.\n' });
    expect(await json([...quotas, 'connections=100', 'messagesPerSecond=0.5'])).toEqual({
      connections: 100,
      messagesPerSecond: 0.5,
    });
    expect(await json([...quotas, 'connections=unlimited'])).toEqual({ messagesPerSecond: 0.5 });
    expect(await json([...quotas, 'messagesPerSecond=unlimited'])).toEqual({});
    expect((await tenant([...quotas, 'conections=1'])).stderr).toBe(
      'The request is not valid:\n  conections: is not known\n',
    );
    expect((await tenant([...quotas, 'connections'])).code).toBe(2);
  });

  it('ADC-19: events are found by row, type and time', async () => {
    const { id } = await json(['devices', 'create', 'eventful']);
    const about = ['events', 'list', '--entity', String(id), '--type', 'AUDIT'];
    expect(await json(about)).toMatchObject([{ entityId: id, body: { action: 'CREATE', username: TENANT.username } }]);
    expect(await json([...about, '--to', '2020-01-31'])).toEqual([]);
    expect(await json([...about, '--from', '2020-01-31T00:00:00Z'])).toHaveLength(1);
    expect((await tenant(about)).stdout).toMatch(/^AT +TYPE +ENTITY +BODY\n\d{4}-\d\d-\d\dT\S+Z +AUDIT +/);
    expect((await tenant([...about, '--from', 'yesterday'])).code).toBe(2);
  });
});

describe('files', () => {
  it('ADC-21: tells the lines that were not taken', async () => {
    const csv = file('some.csv', 'name,token\nfirst,\n,\nsecond,A1_TEST_TOKEN\nthird\n');
    const { code, stdout, stderr } = await tenant(['devices', 'import', csv]);
    expect([code, stdout]).toEqual([1, 'Devices made: 1. Lines not taken: 3.\n']);
    expect(stderr.split('\n')).toEqual([
      '47 bytes, 5 lines sent',
      'line 3: name is missing',
      expect.stringMatching(/^line 4: Another device has these credentials/),
      'line 5: has 1 fields where the header has 2',
      '',
    ]);
  });

  it('ADC-20: a refusal that comes early ends the sending', async () => {
    const line = `${'x'.repeat(99)}\n`;
    const csv = file('wrong.csv', `nme\n${line.repeat(500_000)}`);
    const { code, stderr } = await tenant(['devices', 'import', csv]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('name: is missing in the header')]);
    expect(Number(/^(\d+) bytes/.exec(stderr)?.[1])).toBeLessThan(statSync(csv).size);
  });

  it('ADC-20: devices come on standard input', async () => {
    const { code, stdout } = await tenant(['devices', 'import', '-'], { input: 'name\nfrom input\n' });
    expect([code, stdout]).toEqual([0, 'Devices made: 1. Lines not taken: 0.\n']);
  });

  it('ADC-22: takes the files of ThingsBoard', async () => {
    const plugin = JSON.parse(
      readFileSync('packages/server/demo/demo_device_messaging_rpc_plugin.json', 'utf8'),
    ) as Record<string, unknown>;
    const path = file('plugin.json', JSON.stringify({ ...plugin, apiToken: 'imported', name: 'Imported' }));
    const { code, stdout } = await tenant(['import', path]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^plugin [0-9a-f-]{36} Imported\nMade: customers 0, plugins 1, rules 0, devices 0\.\n$/),
    ]);
    const again = await tenant(['import', path]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('has the token "imported" already')]);
    expect((await tenant(['import', file('other.json', '{"a":1}')])).stderr).toContain('is no plugin or rule file');
  });

  it('ADC-22, ADC-23: an export is imported elsewhere', async () => {
    const path = join(home, 'tenant.json');
    expect(await tenant(['export', '--output', path])).toMatchObject({ code: 0, stdout: '' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(home)).toEqual(['tenant.json']);
    const { stdout } = await tenant(['export']);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(path, 'utf8')));
    const here = await tenant(['import', path]);
    expect([here.code, here.stdout]).toEqual([1, 'Made: customers 0, plugins 0, rules 0, devices 0.\n']);
    expect(here.stderr).toContain('customers.0: A customer with the id');
  });

  it('ADC-23: an export that cannot be had leaves the file that was there', async () => {
    const path = file('tenant.json', 'the one before');
    const { code, stderr } = await script(['export', '--output', path], {
      environment: { DEVICE_MESSAGING_PASSWORD: 'x' },
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('User name or password is wrong.')]);
    expect(readFileSync(path, 'utf8')).toBe('the one before');
    const nowhere = await tenant(['export', '--output', join(home, 'no/where.json')]);
    expect([nowhere.code, nowhere.stderr]).toEqual([
      1,
      expect.stringContaining('where.json cannot be written: ENOENT'),
    ]);
  });
});

describe('for scripts and hurried people', () => {
  it('ADC-33: says who may do it', async () => {
    const byTenant = await tenant(['tenants', 'list']);
    expect([byTenant.code, byTenant.stderr]).toEqual([
      1,
      `Your role does not allow this. You are ${TENANT.username}. It takes a system administrator.\n`,
    ]);
    const bySystem = await run(['devices', 'list'], { environment: as(SYSTEM) });
    expect([bySystem.code, bySystem.stderr]).toEqual([
      1,
      `Your role does not allow this. You are ${SYSTEM.username}. It takes an administrator of a tenant.\n`,
    ]);
  });

  it('ADC-13: system administrators are users of no tenant', async () => {
    const environment = { ...as(SYSTEM), DEVICE_MESSAGING_NEW_PASSWORD: 'another password' };
    const made = await run(['users', 'create', 'second@example.com', '--role', 'SYS_ADMIN', '--json'], { environment });
    expect([made.code, JSON.parse(made.stdout)]).toEqual([
      0,
      expect.objectContaining({ username: 'second@example.com', role: 'SYS_ADMIN' }),
    ]);
    const listed = await run(['users', 'list', '--json'], { environment });
    const names = (JSON.parse(listed.stdout) as { username: string }[]).map(({ username }) => username);
    expect(names.sort()).toEqual(['second@example.com', SYSTEM.username].sort());
  });

  it('ADC-33: says which member is not valid', async () => {
    const create = ['plugins', 'create', 'Wrong', '--type', 'device-messaging', '--token', 'wrong'];
    const { code, stderr } = await tenant([...create, '--configuration', '{"maxTimout":1,"maxTimeout":0}']);
    expect([code, stderr.split('\n')]).toEqual([
      1,
      expect.arrayContaining(['The request is not valid:', '  configuration.maxTimout: is not known']),
    ]);
  });

  it.each([
    [
      'http://127.0.0.1:1',
      1,
      /^No server is reached at 127\.0\.0\.1:1 \(.*\)\. Start it, or name another by its URL\.\n$/,
    ],
    ['localhost:8080', 2, /^localhost:8080 is no URL of a server: it begins with http:\/\/ or https:\/\//],
    ['http://me:secret@127.0.0.1', 2, /^The URL of the server names a user: give that by --username\.\n$/],
  ])('ADC-32, ADC-33: says that nothing is to be had at %s', async (url, exitCode, message) => {
    const { code, stdout, stderr } = await login(TENANT, url);
    expect([code, stdout, stderr]).toEqual([exitCode, '', expect.stringMatching(message)]);
  });

  it('ADC-33: tells what answers but is something else', async () => {
    const { code, stderr } = await login(TENANT, server.httpUrl.replace('http:', 'https:'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/does not speak https:\/\/ .*Is it http:\/\//s)]);
    const page = createServer((_request, response) => void response.end('<h1>Welcome</h1>'));
    page.listen(0, '127.0.0.1');
    await once(page, 'listening');
    const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
    expect((await login(TENANT, url)).stderr).toBe(`What answers at ${url} is no Device Messaging server.\n`);
    page.closeAllConnections();
    page.close();
  });

  it.each([
    [['customers'], 'Usage: device-messaging customers'],
    [['customers', 'lst'], "error: unknown command 'lst'\n(Did you mean list?)"],
    [['customers', 'list', '--limit', '0'], 'It is less than 1'],
    [['customers', 'create'], "error: missing required argument 'title'"],
    [['customers', 'create', 'a', 'b'], 'too many arguments'],
    [['users', 'create', 'a', '--role', 'ADMIN'], 'Allowed choices are SYS_ADMIN, TENANT_ADMIN, CUSTOMER_USER'],
    [['plugins', 'create', 'a', '--type', 'b'], "required option '--token <token>' not specified"],
    [
      ['plugins', 'create', 'a', '--type', 'b', '--token', 'c', '--configuration', '{'],
      'The configuration is not JSON',
    ],
    [['rules', 'create', 'no-such-file'], 'no-such-file cannot be read: ENOENT'],
    [['devices', 'import', 'no-such-file'], 'no-such-file cannot be read: ENOENT'],
    [['devices', 'import', '/'], '/ cannot be read: it is a directory'],
    [['customers', 'list', '--ca', 'no-such-file'], '--ca no-such-file cannot be read'],
    [['login'], 'Where? Name the server, as in: login http://127.0.0.1:8080'],
    [['migrate', 'now'], 'too many arguments'],
  ])('ADC-32: %j is a usage error', async (args, message) => {
    // Whatever were sent would fail with another message.
    const environment = { DEVICE_MESSAGING_URL: args[0] === 'login' ? '' : 'http://127.0.0.1:1' };
    const { code, stdout, stderr } = await script(args, { environment });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  });

  it('ADC-35: tells a mistyped command, and starts no server', async () => {
    expect(await run(['tenats', 'list'])).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: unknown command 'tenats'\n(Did you mean tenants?)\n",
    });
  });
});
