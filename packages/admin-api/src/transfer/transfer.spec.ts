import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AdminBench, type Told } from '../spec-support/admin-bench.js';
import { openWorld, SECRETS_OF_TWO, type World } from '../spec-support/world.js';

let world: World;
let bench: AdminBench;

beforeEach(async () => {
  world = await openWorld();
  ({ bench } = world);
});

afterEach(() => bench.close());

const CSV = { 'content-type': 'text/csv' };
const sha256 = (secret: string): string => createHash('sha256').update(secret).digest('hex');

function importCsv(body: string | Buffer, as = 'one'): Promise<Told> {
  return bench.ask('POST', '/api/devices/import', { as, body, headers: CSV });
}

async function namesOf(as = 'one'): Promise<readonly unknown[]> {
  return (await bench.ask('GET', '/api/devices?limit=1000', { as })).body.items.map(({ name }) => name);
}

describe('ADM-35: devices from CSV', () => {
  test('all valid lines are taken, in their order; customers are found by title, or made', async () => {
    const file = 'customer,name,token,type\r\nCustomer of one,"a, b",t-1,pump\r\nNew,c,,\r\n,d,t-2,\r\nNew,e,t-3,x\r\n';
    const { status, body } = await importCsv(Buffer.from(`\uFEFF${file}`));
    expect([status, body]).toEqual([200, { created: 4, failedCount: 0, failed: [] }]);
    const { items } = (await bench.ask('GET', '/api/devices', { as: 'one' })).body;
    const [a, c, d, e] = items.slice(1);
    expect([a?.name, a?.type, a?.customerId]).toEqual(['a, b', 'pump', world.one.customer]);
    expect([c?.type, d?.customerId, e?.customerId]).toEqual(['default', null, c?.customerId]);
    expect(bench.registry.findDeviceByCredentials('ACCESS_TOKEN', sha256('t-1'))?.id).toBe(a?.id);
    expect(bench.registry.findCredentials(c!.id)).toBeUndefined();
    const { items: customers } = (await bench.ask('GET', '/api/customers', { as: 'one' })).body;
    expect(customers.map(({ title }) => title)).toEqual(['Customer of one', 'New']);
  });

  test('lines that cannot be taken are named, with the reason; the others are taken', async () => {
    await bench.ask('POST', '/api/customers', { as: 'one', body: { title: 'Twice' } });
    await bench.ask('POST', '/api/customers', { as: 'one', body: { title: 'Twice' } });
    const lines = [
      'name,customer,token',
      'ok,,',
      ',,no-name',
      'x,Twice,',
      'taken,,one-token',
      'twice,,same',
      'twice again,,same',
      'few',
      'a,b,c,d',
      '"open,,',
      `${'n'.repeat(256)},,`,
      'nul\0,,',
      '=cmd|/C calc!A0,,',
      'last,,',
    ];
    const { body } = await importCsv(lines.join('\n'));
    expect(body.created).toBe(4);
    expect(body.failed).toEqual([
      { line: 3, reason: 'name is missing' },
      { line: 4, reason: 'customer: several have this title' },
      { line: 5, reason: expect.stringContaining('Another device has these credentials') },
      { line: 7, reason: expect.stringContaining('Another device has these credentials') },
      { line: 8, reason: 'has 1 fields where the header has 3' },
      { line: 9, reason: 'has 4 fields where the header has 3' },
      { line: 10, reason: 'has a quote that is not closed on it' },
      { line: 11, reason: 'name must NOT have more than 255 characters' },
      { line: 12, reason: 'name must be one line of text without control characters' },
    ]);
    expect(await namesOf()).toEqual(['Secret of one', 'ok', 'twice', '=cmd|/C calc!A0', 'last']);
  });

  test.each(['', '\n', 'nme\na', 'name,name\na', 'name;type\na;b', 'type\na', '"name\na', 'a,b,c,d,name\n'])(
    'a header that is wrong is refused, and nothing is taken: %j',
    async (file) => {
      expect((await importCsv(file)).status).toBe(400);
      expect(await namesOf()).toEqual(['Secret of one']);
    },
  );

  test('a customer of another tenant is not found by its title', async () => {
    await importCsv('name,customer\nx,Customer of two\n');
    const { items } = (await bench.ask('GET', '/api/devices?name=x', { as: 'one' })).body;
    expect(items[0]?.customerId).not.toBe(world.two.customer);
  });

  test.each(['application/json', 'text/plain', undefined])('of type %s is 415', async (type) => {
    const headers = { authorization: `Bearer ${await bench.token('one')}`, ...(type && { 'content-type': type }) };
    const { statusCode } = await bench.app.inject({
      method: 'POST',
      url: '/api/devices/import',
      headers,
      payload: Buffer.from('name\na'),
    });
    expect(statusCode).toBe(415);
  });

  test('a registry that fails ends the import with 500, and the log says why', async () => {
    const { createDevice } = bench.registry;
    bench.registry.createDevice = () => {
      throw new Error('down');
    };
    expect((await importCsv('name\na\nb\n')).status).toBe(500);
    bench.registry.createDevice = createDevice;
    expect((await importCsv('name\na\nb\n')).body.created).toBe(2);
    expect(bench.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('ADM-40: leaves one event with the counts', async () => {
    await importCsv('name\na\n"b\n');
    expect(bench.events.rows.at(-1)?.body).toMatchObject({
      action: 'IMPORT',
      entity: 'device',
      details: { created: 1, failed: 1 },
    });
  });
});

describe('ADM-36: a large CSV file', () => {
  test('of 100,000 lines over a socket is taken as a stream, other requests go on', async () => {
    const { response, waits } = await upload('/api/devices/import', 'text/csv', function* () {
      yield 'name,token\n';
      for (let index = 0; index < 100_000; index++) yield `Device ${index},token-${index}\n`;
    });
    expect([response.statusCode, await json(response)]).toEqual([
      200,
      { created: 100_000, failedCount: 0, failed: [] },
    ]);
    expect(waits.length).toBeGreaterThan(3);
    expect(waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(500);
  }, 120_000);

  test('of bad lines is answered with a bounded list, and all are counted', async () => {
    const { body } = await importCsv(`name\n${'"x\n'.repeat(5_000)}`);
    expect([body.created, body.failedCount, (body.failed as unknown[]).length]).toEqual([0, 5_000, 1_000]);
  });

  test('waits for the registry: what is read is bounded', async () => {
    let underWay = 0;
    let most = 0;
    const createDevice = bench.registry.createDevice.bind(bench.registry);
    const slow = bench.registry as unknown as { createDevice: (...given: Parameters<typeof createDevice>) => unknown };
    slow.createDevice = async (...given) => {
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      underWay--;
      return createDevice(...given);
    };
    const { body } = await importCsv(`name\n${'x\n'.repeat(3_000)}`);
    expect([body.created, most]).toEqual([3_000, 1_024]);
  });

  test('that goes on beyond the limit is 413, however it is sent', async () => {
    await bench.close();
    bench = await AdminBench.open({ maxCsvBytes: 10_000 });
    expect((await importCsv(`name\n${'x\n'.repeat(6_000)}`)).status).toBe(413);
    const { response } = await upload('/api/devices/import', 'text/csv', function* () {
      for (let index = 0; index < 200; index++) yield `name\n${'x'.repeat(100)}\n`;
    });
    expect(response.statusCode).toBe(413);
  });

  test('whose sender goes away leaves nothing behind but what was taken', async () => {
    await bench.app.listen({ host: '127.0.0.1', port: 0 });
    const outgoing = await open();
    outgoing.on('error', () => undefined);
    outgoing.write('name\nfirst\nsecond\nhal');
    while ((await namesOf()).length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    outgoing.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await namesOf()).toEqual(['Secret of one', 'first', 'second']);
    expect((await importCsv('name\nthird\n')).body.created).toBe(1);
  });
});

async function open(path = '/api/devices/import', type = 'text/csv') {
  const { port } = bench.app.server.address() as AddressInfo;
  const headers = { 'content-type': type, authorization: `Bearer ${await bench.token('one')}` };
  return request({ host: '127.0.0.1', port, method: 'POST', path, headers });
}

/** Sends a file in chunks; how long other requests took meanwhile, ms. */
async function upload(path: string, type: string, lines: () => Generator<string>) {
  await bench.app.listen({ host: '127.0.0.1', port: 0 });
  const outgoing = await open(path, type);
  outgoing.on('error', () => undefined);
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  let isDone = false;
  void answered.finally(() => (isDone = true));
  Readable.from(batched(lines())).pipe(outgoing);
  const waits: number[] = [];
  while (!isDone) {
    const started = performance.now();
    await bench.ask('GET', '/api/customers', { as: 'one' });
    waits.push(performance.now() - started);
  }
  return { response: (await answered)[0], waits };
}

function* batched(lines: Iterable<string>): Generator<string> {
  let batch = '';
  for (const line of lines) {
    batch += line;
    if (batch.length > 16_384) {
      yield batch;
      batch = '';
    }
  }
  yield batch;
}

const PLUGIN_FILE = {
  apiToken: 'messaging',
  name: 'Demo Device Messaging RPC Plugin',
  clazz: 'org.thingsboard.server.extensions.core.plugin.messaging.DeviceMessagingPlugin',
  publicAccess: false,
  state: 'ACTIVE',
  configuration: { maxTimeout: 5_000 },
  additionalInfo: null,
};

const RULE_FILE = {
  name: 'Demo Messaging RPC Rule',
  state: 'ACTIVE',
  weight: 0,
  pluginToken: 'messaging',
  filters: [
    {
      configuration: { messageTypes: ['RPC_REQUEST'] },
      name: 'RPC Request Filter',
      clazz: 'org.thingsboard.server.extensions.core.filter.MsgTypeFilter',
    },
  ],
  processor: null,
  action: {
    configuration: {},
    clazz: 'org.thingsboard.server.extensions.core.action.rpc.RpcPluginAction',
    name: 'Messaging RPC Action',
  },
  additionalInfo: null,
};

function importFile(body: unknown, as = 'one'): Promise<Told> {
  return bench.ask('POST', '/api/import', { as, body });
}

describe('ADM-37: a file of ThingsBoard 1.x', () => {
  test('of a plugin makes the plugin alone, one of a rule the rule', async () => {
    const plugin = await importFile(PLUGIN_FILE);
    expect([plugin.status, plugin.body]).toMatchObject([
      200,
      {
        created: [{ kind: 'plugin', name: PLUGIN_FILE.name }],
        counts: { plugins: 1, rules: 0 },
        unmapped: [],
        unmappedCount: 0,
      },
    ]);
    const rule = await importFile(RULE_FILE);
    expect(rule.body).toMatchObject({ created: [{ kind: 'rule', name: RULE_FILE.name }], unmapped: [] });
    const { items } = (await bench.ask('GET', '/api/rules', { as: 'one' })).body;
    expect(items.find(({ name }) => name === RULE_FILE.name)).toMatchObject({
      pluginToken: 'messaging',
      action: RULE_FILE.action,
    });
  });

  test('tells what it has no place for', async () => {
    const { body } = await importFile({
      ...PLUGIN_FILE,
      publicAccess: true,
      additionalInfo: { description: 'x' },
      later: 1,
    });
    expect((body.unmapped as { path: string }[]).map(({ path }) => path)).toEqual([
      'publicAccess',
      'additionalInfo',
      'later',
    ]);
  });

  test('that cannot be mapped names every place, and makes nothing', async () => {
    const refusals = [
      await importFile({ ...PLUGIN_FILE, clazz: 'org.thingsboard.server.extensions.core.plugin.mail.MailPlugin' }),
      await importFile({ ...PLUGIN_FILE, configuration: { maxTimeout: 0, y: 1 } }),
      await importFile({ ...PLUGIN_FILE, state: 'x', name: 1 }),
      await importFile({ ...PLUGIN_FILE, name: 'nul\0' }),
      await importFile(RULE_FILE),
      await importFile({
        ...RULE_FILE,
        pluginToken: 'one-plugin',
        filters: [{ ...RULE_FILE.filters[0], clazz: 'x.Y' }],
      }),
      await importFile({ name: 'neither' }),
      await importFile({ format: 'something else' }),
    ];
    expect(refusals.map(({ status, body }) => [status, body.errors.map(({ path }) => path)])).toEqual([
      [400, ['type']],
      [400, ['configuration.y', 'configuration.maxTimeout']],
      [400, ['name', 'state']],
      [400, ['name']],
      [400, ['pluginToken']],
      [400, ['filters.0.clazz']],
      [400, ['']],
      [400, ['format']],
    ]);
    expect(bench.registry.listPlugins(world.one.tenant)).toHaveLength(1);
    expect(bench.registry.listRules(world.one.tenant)).toHaveLength(1);
  });

  test('whose token is taken is 409', async () => {
    expect((await importFile({ ...PLUGIN_FILE, apiToken: 'one-plugin' })).status).toBe(409);
  });
});

describe('ADM-38: the export of a tenant', () => {
  async function exported(from: AdminBench = bench): Promise<Told> {
    return from.ask('GET', '/api/export', { as: 'one' });
  }

  async function furnish(): Promise<void> {
    const { one } = world;
    await importCsv('name,customer,token\na,New,t-a\nb,,\n');
    await bench.ask('PUT', `/api/customers/${one.customer}/quotas`, { as: 'one', body: { connections: 5 } });
    await bench.ask('PUT', `/api/devices/${one.device}/quotas`, { as: 'one', body: { messagesPerSecond: 0.5 } });
    const customers = { [one.customer]: { enabled: true, configuration: { maxTimeout: 5 } } };
    await bench.ask('PUT', `/api/plugins/${one.plugin}/customers`, { as: 'one', body: { default: false, customers } });
  }

  test('holds everything, digests in the place of tokens, and nothing of another tenant', async () => {
    await furnish();
    const { status, body, text, headers } = await exported();
    expect([status, headers['content-disposition']]).toEqual([200, 'attachment; filename="tenant.json"']);
    expect(body).toMatchObject({ format: 'device-messaging/tenant', version: 1, tenant: { title: 'Tenant one' } });
    const { devices, customers, plugins, rules, users } = body as unknown as Record<
      string,
      readonly Record<string, unknown>[]
    >;
    expect(devices!.map(({ credentials }) => credentials)).toEqual([
      { type: 'ACCESS_TOKEN', digest: sha256('one-token') },
      { type: 'ACCESS_TOKEN', digest: sha256('t-a') },
      null,
    ]);
    expect([customers, plugins, rules, users].map((rows) => rows!.length)).toEqual([2, 1, 1, 2]);
    expect(text).not.toMatch(/t-a"|one-token|argon2|password/i);
    expect(text).not.toMatch(SECRETS_OF_TWO);
  });

  test('is taken elsewhere: rows keep ids, ages, credentials, overrides and quotas', async () => {
    await furnish();
    const { body: file, text } = await exported();
    const elsewhere = await AdminBench.open();
    const { body } = await elsewhere.ask('POST', '/api/import', { as: 'one', body: text });
    expect(body).toMatchObject({ counts: { customers: 2, plugins: 1, rules: 1, devices: 3 }, unmappedCount: 2 });
    expect((body.unmapped as { path: string }[]).map(({ path }) => path)).toEqual(['users.0', 'users.1']);
    const again = (await exported(elsewhere)).body as unknown as Record<string, readonly { id: string }[]>;
    const before = file as unknown as Record<string, readonly { id: string }[]>;
    for (const section of ['plugins', 'rules', 'devices']) expect(again[section]).toEqual(before[section]);
    expect(again.customers).toEqual(expect.arrayContaining([...before.customers!]));
    const repeated = await elsewhere.ask('POST', '/api/import', { as: 'one', body: text });
    expect(repeated.body).toMatchObject({
      counts: { customers: 0, plugins: 0, rules: 0, devices: 0 },
      unmappedCount: 9,
    });
    await elsewhere.close();
  });

  test('gives its reader no row of another tenant: ids that are taken stay whose they are', async () => {
    const { text } = await exported();
    const before = structuredClone(bench.registry.listDeviceRows(world.one.tenant, { limit: 100 }));
    const { status, body } = await bench.ask('POST', '/api/import', { as: 'two', body: text });
    expect([status, body.created]).toEqual([200, []]);
    expect(bench.registry.listDeviceRows(world.one.tenant, { limit: 100 })).toEqual(before);
    expect((await bench.ask('GET', '/api/devices?limit=1000', { as: 'two' })).body.items).toHaveLength(1);
    const devices = [
      {
        ...(JSON.parse(text) as { devices: object[] }).devices[0],
        id: '784f394c-42b6-435a-983c-b7beff2784f9',
        credentials: null,
      },
    ];
    const stolen = await bench.ask('POST', '/api/import', {
      as: 'two',
      body: { ...(JSON.parse(text) as object), customers: [], plugins: [], rules: [], devices },
    });
    expect((stolen.body.unmapped as { message: string }[]).at(-1)?.message).toContain('names a customer');
  });

  test('that was changed is taken as far as it is right; the rest is told with its place', async () => {
    const elsewhere = await AdminBench.open();
    const body = await exported();
    const file = body.body as unknown as Record<string, object[]>;
    const changed = {
      ...file,
      customers: [...file.customers!, { id: 'x' }, null],
      devices: [{ name: 'no id' }, ...file.devices!],
      rules: {},
      later: 1,
      sections: [1],
    };
    const told = await elsewhere.ask('POST', '/api/import', { as: 'one', body: changed });
    expect(told.body.counts).toEqual({ customers: 1, plugins: 1, rules: 0, devices: 1 });
    const paths = (told.body.unmapped as { path: string }[]).map(({ path }) => path);
    expect([...new Set(paths)]).toEqual(
      expect.arrayContaining(['customers.1', 'customers.2', 'devices.0', 'rules', 'later', 'sections.0']),
    );
    await elsewhere.close();
  });

  test.each([
    ['another format', '{"format":"x","customers":[]}', 400],
    ['another version', '{"format":"device-messaging/tenant","version":2}', 400],
    ['a format that does not come first', '{"customers":[],"format":"device-messaging/tenant"}', 400],
    ['no JSON', '{"format":"device-messaging/tenant","devices":[{]}', 400],
    ['no end', '{"format":"device-messaging/tenant","devices":[', 400],
    ['more behind its end', '{"format":"device-messaging/tenant"}{}', 400],
    ['no object', '[]', 400],
    ['nothing', '', 400],
    ['__proto__', '{"__proto__":{"apiToken":"x"}}', 400],
    ['depth', `{"format":"device-messaging/tenant","devices":[${'['.repeat(1_000)}${']'.repeat(1_000)}]}`, 400],
    ['a long element', `{"format":"device-messaging/tenant","devices":["${'x'.repeat(1_100_000)}"]}`, 413],
    ['a lot that is no export', `{"name":"x","a":[${'1,'.repeat(600_000)}1]}`, 413],
  ])('that has %s is refused', async (_what, text, status) => {
    expect((await importFile(text)).status).toBe(status);
    expect(await namesOf()).toEqual(['Secret of one']);
  });

  test('that is larger than allowed is 413; what was read before is taken', async () => {
    await bench.close();
    bench = await AdminBench.open({ maxImportBytes: 2_000 });
    const customers = Array.from({ length: 40 }, () => ({ id: randomUUID(), title: 'Customer', createdAt: 1 }));
    const file = { format: 'device-messaging/tenant', version: 1, customers };
    expect((await importFile(file)).status).toBe(413);
    expect((await bench.ask('GET', '/api/customers', { as: 'one' })).body.items).toHaveLength(41);
  });

  test('of many devices is taken as a stream: other requests go on', async () => {
    const row = { name: 'Device', type: 'x', customerId: null, createdAt: 1, credentials: null };
    const { response, waits } = await upload('/api/import', 'application/json', function* () {
      yield '{"format":"device-messaging/tenant","version":1,"devices":[';
      for (let index = 0; index < 30_000; index++) {
        yield `${index === 0 ? '' : ','}${JSON.stringify({ ...row, id: randomUUID() })}\n`;
      }
      yield ']}';
    });
    expect(await json(response)).toMatchObject({ counts: { devices: 30_000 }, unmappedCount: 0 });
    expect(waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(500);
  }, 60_000);

  test('that breaks on its way is no document: the connection ends', async () => {
    await bench.app.listen({ host: '127.0.0.1', port: 0 });
    bench.registry.listDeviceRows = () => {
      throw new Error('down');
    };
    const { port } = bench.app.server.address() as AddressInfo;
    const headers = { authorization: `Bearer ${await bench.token('one')}` };
    const outgoing = request({ host: '127.0.0.1', port, path: '/api/export', headers }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    await expect(json(response)).rejects.toThrow();
    expect((await bench.ask('GET', '/api/customers', { as: 'one' })).status).toBe(200);
  });
});
