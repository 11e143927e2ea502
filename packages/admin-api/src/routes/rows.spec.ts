import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AdminBench } from '../spec-support/admin-bench.js';
import { filled, openWorld, type World } from '../spec-support/world.js';

let world: World;
let bench: AdminBench;

beforeAll(async () => {
  world = await openWorld();
  ({ bench } = world);
});

afterAll(() => bench.close());

const NOUNS = [
  ['customers', 'one', { title: 'First' }, { title: 'Second' }],
  ['tenants', 'root', { title: 'First' }, { title: 'Second' }],
  ['devices', 'one', { name: 'First' }, { name: 'Second', type: 'pump' }],
  [
    'users',
    'one',
    { username: 'first', password: 'long enough', role: 'TENANT_ADMIN' },
    { username: 'second', role: 'TENANT_ADMIN' },
  ],
  [
    'plugins',
    'one',
    { type: 'relay', name: 'First', token: 'first' },
    { name: 'Second', configuration: { maxTimeout: 5 } },
  ],
  [
    'rules',
    'one',
    { name: 'First', pluginToken: 'one-plugin', filters: [], action: { name: 'a', clazz: 'rpc', configuration: {} } },
    { name: 'Second', pluginToken: 'one-plugin', filters: [], action: { name: 'a', clazz: 'rpc', configuration: {} } },
  ],
] as const;

describe.each(NOUNS)('ADM-12: /api/%s', (noun, as, first, second) => {
  let url: string;

  test('POST makes a row, says where it is and which version', async () => {
    const { status, body, headers } = await bench.ask('POST', `/api/${noun}`, { as, body: first });
    url = `/api/${noun}/${body.id}`;
    expect([status, headers.location, headers.etag]).toEqual([201, url, '"1"']);
    if (noun === 'plugins')
      for (const { id } of await rulesOf('first')) await bench.ask('DELETE', `/api/rules/${id}`, { as });
  });

  test('GET shows it, by its id in any case; HEAD as well, without a body', async () => {
    const { status, headers, body } = await bench.ask('GET', url.toUpperCase().replace(/^.*\//, `/api/${noun}/`), {
      as,
    });
    expect([status, headers.etag, url.endsWith(body.id)]).toEqual([200, '"1"', true]);
    const head = await bench.ask('HEAD', url, { as });
    expect([head.status, head.headers.etag, head.text]).toEqual([200, '"1"', '']);
  });

  test('PUT changes it: twice the same gives twice the same', async () => {
    const once = await bench.ask('PUT', url, { as, body: second });
    const twice = await bench.ask('PUT', url, { as, body: second });
    expect([once.status, twice.status]).toEqual([200, 200]);
    expect(once.body).toMatchObject(second);
    expect(twice.body).toEqual(once.body);
  });

  test('If-Match of another version, or of none, is 412 and changes nothing', async () => {
    const { headers, body } = await bench.ask('GET', url, { as });
    for (const tag of [
      '"0"',
      '"999"',
      `W/${headers.etag}`,
      'x',
      '',
      '"1" "2"',
      String(headers.etag).replaceAll('"', ''),
    ]) {
      const ifMatch = { 'if-match': tag };
      expect([tag, (await bench.ask('PUT', url, { as, body: first2(first), headers: ifMatch })).status]).toEqual([
        tag,
        412,
      ]);
      expect((await bench.ask('DELETE', url, { as, headers: ifMatch })).status).toBe(412);
    }
    expect((await bench.ask('GET', url, { as })).body).toEqual(body);
  });

  test('If-Match of this version, of several with it, or of any, is taken', async () => {
    for (const wrap of [(tag: string) => tag, (tag: string) => `"77", ${tag}`, () => '*']) {
      const { headers } = await bench.ask('GET', url, { as });
      const ifMatch = { 'if-match': wrap(String(headers.etag)) };
      expect((await bench.ask('PUT', url, { as, body: second, headers: ifMatch })).status).toBe(200);
    }
  });

  test('DELETE removes it; then there is nothing, for any method', async () => {
    const { headers } = await bench.ask('GET', url, { as });
    const gone = await bench.ask('DELETE', url, { as, headers: { 'if-match': String(headers.etag) } });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await bench.ask('GET', url, { as })).status).toBe(404);
    expect((await bench.ask('PUT', url, { as, body: second })).status).toBe(404);
    expect((await bench.ask('DELETE', url, { as })).status).toBe(404);
  });
});

/** What a PUT takes of what a POST took. */
function first2(body: object): object {
  const { password: _password, type: _type, token: _token, ...rest } = body as Record<string, unknown>;
  return rest;
}

async function rulesOf(token: string) {
  const { body } = await bench.ask('GET', '/api/rules?limit=1000', { as: 'one' });
  return body.items.filter(({ pluginToken }) => pluginToken === token);
}

describe.each([
  ['customers', 'one', (index: number) => ({ title: `Customer ${index}` })],
  ['tenants', 'root', (index: number) => ({ title: `Tenant ${index}` })],
  ['devices', 'one', (index: number) => ({ name: `Device ${index}` })],
  ['plugins', 'one', (index: number) => ({ type: 'listener', name: `Plugin ${index}`, token: `page-${index}` })],
])('ADM-11: a list of %s', (noun, as, bodyOf) => {
  test('is read page by page, each row once, oldest first', async () => {
    const before = (await bench.ask('GET', `/api/${noun}?limit=1000`, { as })).body;
    for (let index = 0; index < 5; index++) {
      bench.timers.advance(1);
      await bench.ask('POST', `/api/${noun}`, { as, body: bodyOf(index) });
    }
    const seen: string[] = [];
    for (let after = '', pages = 0; pages < 20; pages++) {
      const { body } = await bench.ask('GET', `/api/${noun}?limit=2${after}`, { as });
      seen.push(...body.items.map(({ id }) => id));
      expect(body.items.length).toBeLessThanOrEqual(2);
      if (body.next === undefined) break;
      after = `&after=${body.next.toUpperCase()}`;
    }
    const all = (await bench.ask('GET', `/api/${noun}?limit=1000`, { as })).body;
    expect(all.next).toBeUndefined();
    expect(seen).toEqual(all.items.map(({ id }) => id));
    expect(seen).toHaveLength(before.items.length + 5);
  });

  test('whose cursor was deleted says so, instead of looking as if it had ended', async () => {
    const { body } = await bench.ask('GET', `/api/${noun}?limit=1000`, { as });
    const last = body.items.at(-1)!;
    expect((await bench.ask('DELETE', `/api/${noun}/${last.id}`, { as })).status).toBe(204);
    const told = await bench.ask('GET', `/api/${noun}?after=${last.id}`, { as });
    expect([told.status, told.body.errors[0]?.path]).toEqual([400, 'after']);
  });
});

describe('ADM-13: every answer names its request', () => {
  test.each(['abc', 'A.b-c_d:1', 'x'.repeat(64)])('by the id that it came with: %s', async (id) => {
    for (const url of ['/api/devices', '/api/nothing', '/api/openapi.json']) {
      expect((await bench.ask('GET', url, { headers: { 'x-request-id': id } })).headers['x-request-id']).toBe(id);
    }
  });

  test.each(['', ' ', 'a b', 'x'.repeat(65), '<script>', '\u00e9'])(
    'by one of its own where that is none: %j',
    async (id) => {
      const { headers } = await bench.ask('GET', '/api/devices', { headers: { 'x-request-id': id } });
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('and is not to be kept by caches', async () => {
    const { headers } = await bench.ask('GET', '/api/devices', { as: 'one' });
    expect([headers['cache-control'], headers['x-content-type-options']]).toEqual(['no-store', 'nosniff']);
  });
});

describe('ADM-10: refusals', () => {
  test('are problems, those of the framework, too', async () => {
    const refusals = [
      await bench.ask('GET', '/api/nothing'),
      await bench.ask('PATCH', '/api/devices', { as: 'one', body: {} }),
      await bench.ask('GET', '/api/auth/login'),
      await bench.ask('HEAD', '/api/auth/login'),
      await bench.ask('POST', '/api/docs'),
      await bench.ask('PUT', '/api/openapi.json', { body: {} }),
      await bench.ask('POST', '/api/auth/login', { body: 'x', headers: { 'content-type': 'text/plain' } }),
      await bench.ask('POST', '/api/auth/login', { body: 'x'.repeat(70_000) }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([404, 405, 405, 405, 405, 405, 415, 413]);
    for (const { headers } of refusals) expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(refusals[1]!.headers.allow).toBe('HEAD, GET, POST');
    expect(refusals[1]!.body).toEqual({
      type: 'about:blank',
      title: 'Method Not Allowed',
      status: 405,
      detail: 'This path takes HEAD, GET, POST.',
    });
  });

  test('name every problem with its path', async () => {
    const { status, body } = await bench.ask('POST', '/api/rules', {
      as: 'one',
      body: { name: '', filters: [{ name: 'x', clazz: 'method-name', configuration: 1, x: 1 }], action: {} },
    });
    expect(status).toBe(400);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { path: 'pluginToken', message: 'is missing' },
        { path: 'name', message: 'must NOT have fewer than 1 characters' },
        { path: 'filters.0.configuration', message: 'must be object' },
        { path: 'filters.0.x', message: 'is not known' },
        { path: 'action.clazz', message: 'is missing' },
      ]),
    );
  });

  test('say nothing about what went wrong inside, the log does', async () => {
    const { listDeviceRows } = bench.registry;
    bench.registry.listDeviceRows = () => {
      throw new Error('postgres://user:password@host');
    };
    const told = await bench.ask('GET', '/api/devices', { as: 'one', headers: { 'x-request-id': 'broken-1' } });
    bench.registry.listDeviceRows = listDeviceRows;
    expect([told.status, told.body.detail]).toEqual([500, 'Internal server error!']);
    expect(told.text).not.toContain('postgres');
    const lines = bench.logger.lines.filter(({ level }) => level === 'error');
    expect(lines.map(({ fields }) => [fields.requestId, fields.route])).toEqual([['broken-1', '/api/devices']]);
  });
});

describe('ADM-40: every change leaves an event', () => {
  test('that says who changed which row from which version to which, and never a secret', async () => {
    const { one } = world;
    const start = bench.events.rows.length;
    const token = 'audited-device-token';
    const headers = { 'x-request-id': 'audit-1' };
    const device = await bench.ask('POST', '/api/devices', { as: 'one', body: { name: 'Audited', token }, headers });
    const url = `/api/devices/${device.body.id}`;
    await bench.ask('PUT', url, { as: 'one', body: { name: 'Changed' } });
    await bench.ask('PUT', `${url}/customer`, { as: 'one', body: { customerId: one.customer } });
    const rotated = await bench.ask('POST', `${url}/credentials`, { as: 'one' });
    await bench.ask('DELETE', url, { as: 'one' });
    const user = { username: 'audited', password: 'audited-password', role: 'TENANT_ADMIN' };
    await bench.ask('POST', '/api/users', { as: 'one', body: user });
    await bench.ask('PUT', url, { as: 'one', body: { name: 'Gone' } });
    await bench.ask('PUT', url, { as: 'one', body: { x: 1 } });
    const rows = bench.events.rows.slice(start).filter(({ type }) => type === 'AUDIT');
    expect(rows.map(({ body }) => [body.action, body.entity, body.before, body.after])).toEqual([
      ['CREATE', 'device', undefined, 1],
      ['UPDATE', 'device', 1, 2],
      ['ASSIGN', 'device', 2, 3],
      ['SET_CREDENTIALS', 'device', 3, 4],
      ['DELETE', 'device', 4, undefined],
      ['CREATE', 'user', undefined, 1],
    ]);
    expect(rows[0]).toMatchObject({
      tenantId: one.tenant,
      entityId: device.body.id,
      body: { username: 'one', requestId: 'audit-1', address: '127.0.0.1' },
    });
    const text = JSON.stringify(bench.events.rows) + JSON.stringify(bench.logger.lines);
    for (const secret of [token, rotated.body.token, 'audited-password', await bench.token('one'), '$argon2']) {
      expect(text).not.toContain(secret);
    }
  });

  test('for every operation that changes something', async () => {
    const silent: string[] = [];
    for (const { method, path, operation } of bench.document!.operations) {
      if (method === 'GET' || path.startsWith('/api/auth') || path.includes('import')) continue;
      const before = bench.events.rows.length;
      const roles = operation['x-roles'] ?? [];
      const as = roles.includes('TENANT_ADMIN') ? 'two' : 'root';
      if (method === 'DELETE') continue;
      const { validBody } = await import('../spec-support/valid-bodies.js');
      const body = validBody(operation.operationId, world.two, `audit-${path}`) as Record<string, unknown> | undefined;
      if (body?.pluginToken !== undefined) body.pluginToken = 'two-plugin';
      const { status } = await bench.ask(method, filled(path, world.two), {
        as,
        ...(body === undefined ? {} : { body }),
      });
      if (status < 300 && bench.events.rows.length === before) silent.push(operation.operationId);
      if (status >= 300) silent.push(`${operation.operationId}: ${status}`);
    }
    expect(silent).toEqual([]);
  });
});

describe('ADM-39: events', () => {
  test('are filtered by row, type and time, youngest first, in pages', async () => {
    const start = bench.timers.now();
    bench.timers.advance(10);
    const { body: customer } = await bench.ask('POST', '/api/customers', { as: 'one', body: { title: 'x' } });
    bench.timers.advance(10);
    await bench.ask('PUT', `/api/customers/${customer.id}`, { as: 'one', body: { title: 'y' } });
    const actions = async (query: string) =>
      (await bench.ask('GET', `/api/events?${query}`, { as: 'one' })).body.items.map(
        ({ body }) => (body as { action?: string }).action,
      );
    const about = `entityId=${customer.id.toUpperCase()}`;
    expect(await actions(about)).toEqual(['UPDATE', 'CREATE']);
    expect(await actions(`${about}&from=${start + 20}`)).toEqual(['UPDATE']);
    expect(await actions(`${about}&to=${start + 20}`)).toEqual(['CREATE']);
    expect(await actions(`${about}&type=LOGIN`)).toEqual([]);
    const { body } = await bench.ask('GET', `/api/events?${about}&limit=1`, { as: 'one' });
    expect(await actions(`${about}&after=${body.next}`)).toEqual(['CREATE']);
    expect((await bench.ask('GET', '/api/events?type=x', { as: 'one' })).status).toBe(400);
  });

  test('of tenants and of the installation are apart', async () => {
    const { body } = await bench.ask('GET', '/api/events?limit=1000', { as: 'root' });
    expect(body.items.some(({ body: event }) => (event as { entity?: string }).entity === 'tenant')).toBe(true);
    expect(body.items.some(({ body: event }) => (event as { entity?: string }).entity === 'device')).toBe(false);
  });
});
