import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AdminBench, Told } from '../spec-support/admin-bench.js';
import type { DocumentedOperation, JsonShape } from '../spec-support/document-check.js';
import { validBody } from '../spec-support/valid-bodies.js';
import { filled, openWorld, type World } from '../spec-support/world.js';

/** Bodies that nobody means well with, for every operation of the OpenAPI document that takes one. */

let world: World;
let bench: AdminBench;
let count = 0;

beforeAll(async () => {
  world = await openWorld();
  ({ bench } = world);
});

afterAll(() => bench.close());

interface Taker {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
  readonly schema: JsonShape;
}

function takers(): readonly Taker[] {
  return bench.document!.operations.flatMap((documented) => {
    const schema = documented.operation.requestBody?.content['application/json']?.schema;
    // A file says what it likes: what it may hold is a matter of `transfer.spec.ts`.
    const isFile = documented.operation.operationId === 'importFile';
    return schema === undefined || isFile ? [] : [{ ...documented, schema }];
  });
}

/** Passwords are not tried here: who may ask is `root` for tenants, and the administrator `one` for the rest. */
function send({ method, path, operation }: Taker, body: unknown): Promise<Told> {
  const roles = operation['x-roles'] ?? [];
  const as = roles.includes('TENANT_ADMIN') ? 'one' : roles.length === 0 ? undefined : 'root';
  return bench.ask(method, filled(path, world.one), { as, body });
}

function bodyOf({ operation }: Taker): Record<string, unknown> {
  return structuredClone(validBody(operation.operationId, world.one, String(count++))) as Record<string, unknown>;
}

function errorsIn(): readonly unknown[] {
  return bench.logger.lines.filter(({ level }) => level === 'error');
}

describe('ADM-9: members that nobody asked for', () => {
  test.each([
    ['id', '00000000-0000-4000-8000-000000000000'],
    ['tenantId', '00000000-0000-4000-8000-000000000000'],
    ['role', 'SYS_ADMIN'],
    ['version', 99],
    ['createdAt', 1],
    ['passwordHash', '$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA'],
    ['online', true],
    ['isAdmin', true],
    ['constructor', { prototype: { isAdmin: true } }],
    ['prototype', {}],
    ['toString', 'x'],
    ['hasOwnProperty', 'x'],
    ['$where', '1'],
    ['', ''],
  ])('are refused: %s', async (member, value) => {
    let asked = 0;
    for (const taker of takers()) {
      const { operation, schema } = taker;
      const isKnown = schema.properties !== undefined && Object.hasOwn(schema.properties, member);
      if (isKnown && member !== 'role') continue;
      const told = await send(taker, { ...bodyOf(taker), [member]: value });
      expect([operation.operationId, told.status]).toEqual([operation.operationId, 400]);
      asked++;
    }
    expect(asked).toBeGreaterThan(20);
  });

  test('are refused when JavaScript has a meaning for them, at any depth', async () => {
    for (const taker of takers()) {
      const text = JSON.stringify(bodyOf(taker));
      for (const poison of ['"__proto__":{"isAdmin":true}', '"\\u005f_proto__":{"role":"SYS_ADMIN"}']) {
        const told = await send(taker, text === '{}' ? `{${poison}}` : `{${poison},${text.slice(1)}`);
        expect([taker.operation.operationId, told.status]).toEqual([taker.operation.operationId, 400]);
      }
    }
    const configuration =
      '{"type":"relay","name":"x","token":"x","configuration":{"a":[{"__proto__":{"polluted":1}}]}}';
    const told = await bench.ask('POST', '/api/plugins', { as: 'one', body: configuration });
    expect([told.status, told.body.errors]).toEqual([
      400,
      [{ path: 'configuration.a.0.__proto__', message: 'is not known' }],
    ]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('make nobody a system administrator', async () => {
    for (const path of ['/api/users', `/api/tenants/${world.one.tenant}/users`]) {
      const as = path === '/api/users' ? 'one' : 'root';
      const body = { username: 'evil', password: 'long enough', role: 'SYS_ADMIN' };
      expect((await bench.ask('POST', path, { as, body })).status).toBe(400);
      expect(
        (await bench.ask('PUT', `${path}/${world.one.user}`, { as, body: { username: 'evil', role: 'SYS_ADMIN' } }))
          .status,
      ).toBe(400);
    }
  });

  test('are refused in a query, as are known ones that are there twice or mean nothing', async () => {
    const queries = [
      'x=1',
      'tenantId=1',
      'limit=1&limit=2',
      'limit=0',
      'limit=1001',
      'limit=1e2x',
      'after=x',
      'limit=-1',
      '__proto__=1',
      'limit[]=1',
    ];
    for (const query of queries) {
      expect([query, (await bench.ask('GET', `/api/devices?${query}`, { as: 'one' })).status]).toEqual([query, 400]);
    }
    expect((await bench.ask('GET', '/api/tenants?x', { as: 'root' })).status).toBe(400);
    expect((await bench.ask('POST', '/api/auth/logout?x=1', { as: 'two' })).status).toBe(400);
  });
});

/** Values of another type than the one that is asked for: none is converted. */
const WRONG: readonly unknown[] = [null, 1, -1, 1.5, true, 'x', '1', [], ['x'], {}, { $gt: '' }];

test('ADM-9: a value of the wrong type is refused, never converted', async () => {
  for (const taker of takers()) {
    const { operation, schema } = taker;
    for (const [member, property] of Object.entries(schema.properties ?? {})) {
      const types = [property.type ?? []].flat();
      if (types.length === 0) continue;
      for (const value of WRONG) {
        if (types.includes(typeOf(value)) || (typeOf(value) === 'integer' && types.includes('number'))) continue;
        const told = await send(taker, { ...bodyOf(taker), [member]: value });
        expect([operation.operationId, member, value, told.status]).toEqual([
          operation.operationId,
          member,
          value,
          400,
        ]);
      }
    }
  }
  expect(errorsIn()).toEqual([]);
});

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

const NASTY: readonly string[] = [
  "'; DROP TABLE devices; --",
  "' OR '1'='1",
  '"; DELETE FROM tenant WHERE 1=1; --',
  '%_\\',
  '$1 ${7*7} {{7*7}} #{7*7}',
  '{"$ne":null}',
  '\\u0000',
  '\u0000',
  'a\u0000b',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  '../../../../etc/passwd',
  '..\\..\\windows',
  '\r\nSet-Cookie: a=b',
  '=cmd|/C calc!A0',
  '@SUM(1+1)',
  '😀👩‍👩‍👧‍👦',
  '\u202Eright to left\u202C',
  '\uFEFFbom',
  '\uD800',
  '\uDFFF\uD800',
  'é'.repeat(255),
  '😀'.repeat(255),
  'x'.repeat(10_000),
  ' '.repeat(10_000),
  `${'a'.repeat(5_000)}!`,
  '__proto__',
  'constructor',
  '',
  ' ',
  'null',
  'NaN',
];

/** Paths of all texts in a body. */
function textsOf(value: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([member, content]) => textsOf(content, [...path, member]));
}

function withText(body: object, path: readonly (string | number)[], text: string): object {
  const copy = structuredClone(body) as Record<string | number, unknown>;
  let place = copy;
  for (const member of path.slice(0, -1)) place = place[member] as Record<string | number, unknown>;
  place[path.at(-1)!] = text;
  return copy;
}

describe('ADM-17: a text', () => {
  test('of any kind, in any place, is taken or refused, and comes back as it was', async () => {
    let asked = 0;
    for (const taker of takers()) {
      const { operation } = taker;
      for (const path of textsOf(bodyOf(taker))) {
        for (const text of NASTY) {
          const told = await send(taker, withText(bodyOf(taker), path, text));
          asked++;
          expect([operation.operationId, path, text.slice(0, 20), told.status < 500]).toEqual([
            operation.operationId,
            path,
            text.slice(0, 20),
            true,
          ]);
          const shown = told.status < 300 ? told.body?.[path[0]!] : undefined;
          if (path.length === 1 && shown !== undefined && path[0] !== 'customerId') expect(shown).toBe(text);
        }
      }
    }
    expect(asked).toBeGreaterThan(1_000);
    expect(errorsIn()).toEqual([]);
    for (const path of ['/api/customers', '/api/devices', '/api/users', '/api/plugins', '/api/rules', '/api/export']) {
      const query = path === '/api/export' ? '' : '?limit=1000';
      expect((await bench.ask('GET', path + query, { as: 'one' })).status).toBe(200);
    }
  }, 120_000);

  test('with a NUL or half of a surrogate pair is refused where it would be stored, settings included', async () => {
    for (const text of ['a\0', '\uD800']) {
      for (const body of [
        { type: 'relay', name: text, token: 'x' },
        { type: 'relay', name: 'x', token: text },
        { type: 'relay', name: 'x', token: 'x', configuration: { deep: [{ a: text }] } },
        { type: 'relay', name: 'x', token: 'x', configuration: { [text]: 1 } },
      ]) {
        expect((await bench.ask('POST', '/api/plugins', { as: 'one', body })).status).toBe(400);
      }
    }
  });

  test('is not repeated by a refusal, lest it be a password', async () => {
    const secret = 'S3cr3t-S3cr3t';
    const refusals = [
      await bench.ask('POST', '/api/auth/login', { body: { username: 'one', pasword: secret } }),
      await bench.ask('POST', '/api/auth/login', {
        body: { username: 'one', password: { [secret.toLowerCase()]: secret } },
      }),
      await bench.ask('POST', '/api/auth/login', { body: `{"username":"one","password":"${secret}"` }),
      await bench.ask('POST', '/api/auth/password', { as: 'two', body: { current: secret, next: secret } }),
    ];
    for (const { status, text } of refusals) {
      expect(status).toBe(400);
      expect(text).not.toContain(secret);
    }
  });

  test('in a query or a path is data, too', async () => {
    for (const text of NASTY) {
      const encoded = encodeURIComponent(Buffer.from(text).toString());
      for (const url of [
        `/api/devices?name=${encoded}`,
        `/api/devices?type=${encoded}&online=true`,
        `/api/devices?after=${encoded}`,
        `/api/events?entityId=${encoded}`,
        `/api/devices/${encoded}`,
        `/api/plugins/${world.one.plugin}/customers/${encoded}`,
        `/api/${encoded}`,
      ]) {
        const { status } = await bench.ask('GET', url, { as: 'one' });
        expect([url.slice(0, 60), status < 500]).toEqual([url.slice(0, 60), true]);
      }
    }
    expect(errorsIn()).toEqual([]);
  });
});

describe('ADM-14: a body', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  test('that is too large is 413, without being kept', async () => {
    for (const taker of takers()) {
      if (taker.operation.operationId === 'putPluginCustomers') continue;
      const told = await send(taker, JSON.stringify({ padding: 'x'.repeat(65_536) }));
      expect([taker.operation.operationId, told.status]).toEqual([taker.operation.operationId, 413]);
    }
  });

  test('that is nested deeply is 400, however deeply', async () => {
    for (const depth of [33, 1_000, 30_000]) {
      for (const text of [
        nested(depth),
        `{"configuration":${nested(depth)}}`,
        `${'{"a":'.repeat(depth / 3)}1`,
        '['.repeat(depth),
      ]) {
        expect((await bench.ask('POST', '/api/plugins', { as: 'one', body: text })).status).toBe(400);
      }
    }
    const deepButAllowed = `{"type":"relay","name":"x","token":"x","configuration":{"a":${nested(30)}}}`;
    const told = await bench.ask('POST', '/api/plugins', { as: 'one', body: deepButAllowed });
    expect([told.status, told.body.errors[0]?.path]).toEqual([400, 'configuration.a']);
  });

  test('that is wrong in thousands of places costs little, and so does its refusal', async () => {
    const members = Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`m${index}`, 0]));
    const customers = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`m${index}`, 0]));
    const started = performance.now();
    const one = await bench.ask('POST', '/api/customers', { as: 'one', body: members });
    const all = await bench.ask('PUT', `/api/plugins/${world.one.plugin}/customers`, {
      as: 'one',
      body: { default: true, customers },
    });
    expect([one.status, all.status]).toEqual([400, 400]);
    expect(one.text.length + all.text.length).toBeLessThan(5_000);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test.each([
    ['no JSON', '{', 400],
    ['two values', '{}{}', 400],
    ['a text', '"x"', 400],
    ['null', 'null', 400],
    ['a number', '1', 400],
    ['a list', '[]', 400],
    ['nothing', '', 400],
    ['a byte order mark', '\uFEFF{"title":"x"}', 400],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400],
    ['comments', '{"title":"x"/* */}', 400],
    ['NaN', '{"title":NaN}', 400],
    ['white space around it', ' \r\n\t{"title":"x"} ', 201],
    ['an escaped key', '{"\\u0074itle":"x"}', 201],
  ])('that is %s', async (_what, body, status) => {
    expect((await bench.ask('POST', '/api/customers', { as: 'one', body })).status).toBe(status);
  });

  test.each([
    ['application/json; charset=utf-8', 201],
    ['APPLICATION/JSON', 201],
    ['text/plain', 415],
    ['text/csv', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/xml', 415],
    ['x', 415],
  ])('of type %s: %i', async (type, status) => {
    const told = await bench.ask('POST', '/api/customers', {
      as: 'one',
      body: '{"title":"x"}',
      headers: { 'content-type': type },
    });
    expect(told.status).toBe(status);
    expect(told.headers['content-type']).toMatch(status === 201 ? /^application\/json/ : /^application\/problem\+json/);
  });

  test('that is compressed is 415: nothing is unpacked here', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expect((await bench.ask('POST', '/api/customers', { as: 'one', body: '{"title":"x"}', headers })).status).toBe(415);
  });
});

describe('ADM-10: a path', () => {
  test.each([
    ['/api/devices/../tenants', 404],
    ['/api/devices/%2e%2e/tenants', 404],
    ['/api/devices/..%2ftenants', 404],
    ['/api//devices', 404],
    ['/api/devices/', 404],
    ['/api/Devices', 404],
    ['/api/devices;x=1', 404],
    ['/api/devices%00', 404],
    ['/api/devices/%00', 404],
    ['/api/devices/%', 400],
    ['/api/devices/%zz', 400],
    ['/api/devices/%C0%AF', 400],
    ['/api/devices/import', 405],
    ['/api/devices/__proto__', 404],
    [`/api/devices/${'x'.repeat(99)}`, 404],
    [`/api/devices/${'x'.repeat(2_000)}`, 414],
    ['/api', 404],
    ['/api/', 404],
  ])('%s leads nowhere else: %i', async (path, status) => {
    // Over a socket: a client library would tidy the path up.
    const { statusCode, headers, text } = await overSocket(path);
    expect([statusCode, headers['content-type']]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(JSON.parse(text)).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    expect(text).not.toContain('x'.repeat(99));
  });

  async function overSocket(path: string) {
    if (!bench.app.server.listening) await bench.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = bench.app.server.address() as AddressInfo;
    const headers = { authorization: `Bearer ${await bench.token('one')}`, connection: 'close' };
    const [response] = (await once(get({ host: '127.0.0.1', port, path, headers }), 'response')) as [IncomingMessage];
    return { statusCode: response.statusCode, headers: response.headers, text: await textOf(response) };
  }
});
