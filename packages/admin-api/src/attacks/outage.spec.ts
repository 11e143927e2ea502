import { UnavailableError } from '@device-messaging/host-api';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import type { AdminBench, Told } from '../spec-support/admin-bench.js';
import type { DocumentedOperation } from '../spec-support/document-check.js';
import { validBody } from '../spec-support/valid-bodies.js';
import { filled, openWorld, type World } from '../spec-support/world.js';

/** Every operation of the OpenAPI document, while the database is away. */

/** What it says is for the log alone. */
const INSIDE = 'PostgreSQL at db.internal:5432/secret cannot be reached (ECONNREFUSED)';

let world: World;
let bench: AdminBench;

beforeEach(async () => {
  world = await openWorld();
  ({ bench } = world);
  for (const user of ['root', 'one']) await bench.token(user);
});

afterEach(() => bench.close());

type Members = Record<string, unknown>;

/** Names of all that can be asked of a store. What is appended is kept by the store itself until its database is back. */
function questionsOf(store: object): readonly string[] {
  const { prototype } = store.constructor as { readonly prototype: object };
  const members = Object.getOwnPropertyDescriptors(prototype);
  return Object.keys(members).filter(
    (name) => name !== 'constructor' && name !== 'append' && typeof members[name]!.value === 'function',
  );
}

/** From now on no store answers; `how`: at once, or after a moment. */
function takeAway(how: 'throws' | 'rejects'): void {
  const refuse = (): never => {
    throw new UnavailableError(INSIDE);
  };
  const fail = how === 'throws' ? refuse : () => Promise.resolve().then(refuse);
  for (const store of [bench.registry, bench.accounts, bench.events]) {
    for (const name of questionsOf(store)) (store as unknown as Members)[name] = fail;
  }
}

/** The database goes away when the caller was let in. */
function letIn(): void {
  const members = bench.accounts as unknown as Members;
  const { findUser, isLoginOpen } = Object.getPrototypeOf(bench.accounts) as typeof bench.accounts;
  const fail = members['findUser'];
  members['isLoginOpen'] = isLoginOpen;
  members['findUser'] = (id: string) => {
    members['findUser'] = fail;
    return findUser.call(bench.accounts, id);
  };
}

interface Documented {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

function ask({ method, path, operation }: Documented): Promise<Told> {
  const roles = operation['x-roles'];
  const as = roles === undefined ? undefined : roles.includes('TENANT_ADMIN') ? 'one' : 'root';
  const csv = operation.operationId === 'importDevices';
  const body = csv ? 'name\nx\n' : bodyOf(operation.operationId);
  const headers = csv ? { 'content-type': 'text/csv' } : {};
  return bench.ask(method, filled(path, world.one), { as, headers, ...(body === undefined ? {} : { body }) });
}

/** An import that has something to make. */
function bodyOf(operationId: string): unknown {
  const body = validBody(operationId, world.one, 'x');
  const customer = { id: world.two.device, title: 'New', createdAt: 1 };
  return operationId === 'importFile' ? { ...(body as object), customers: [customer] } : body;
}

function assertTriedLater({ status, headers, body, text }: Told, what: string): void {
  expect([what, status]).toEqual([what, 503]);
  expect(headers).toMatchObject({
    'content-type': 'application/problem+json; charset=utf-8',
    'retry-after': expect.stringMatching(/^[1-9]\d*$/),
  });
  expect(headers['content-disposition']).toBeUndefined();
  expect(headers.etag).toBeUndefined();
  expect(body).toMatchObject({ type: 'urn:device-messaging:problem:unavailable', status: 503 });
  expect(text).not.toMatch(/db\.internal|5432|secret|ECONNREFUSED|Postgre/);
}

describe.each(['throws', 'rejects'] as const)('ADM-43: while no store answers (it %s)', (how) => {
  test('every operation is 503 with Retry-After, and tells nothing of the inside', async () => {
    takeAway(how);
    for (const documented of bench.document!.operations) {
      assertTriedLater(await ask(documented), documented.operation.operationId);
    }
  });

  test('so is every operation of a caller who was let in before, but for what needs no store', async () => {
    takeAway(how);
    const answered: string[] = [];
    for (const documented of bench.document!.operations) {
      const { operationId } = documented.operation;
      if (documented.operation['x-roles'] === undefined) continue;
      letIn();
      const told = await ask(documented);
      if (told.status === 200) answered.push(operationId);
      else assertTriedLater(told, operationId);
    }
    expect(answered).toEqual(['listPluginTypes']);
    expect(bench.logger.lines.filter(({ level }) => level === 'error').length).toBeGreaterThan(20);
  });
});

describe('ADM-43: a database that goes away in the middle', () => {
  let url: string;

  beforeEach(async () => {
    await bench.app.listen({ host: '127.0.0.1', port: 0 });
    url = `http://127.0.0.1:${(bench.app.server.address() as AddressInfo).port}/api`;
  });

  const send = async (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${await bench.token('one')}` },
    });

  test('breaks an export off that has begun: nobody takes half of it for the whole', async () => {
    const { registry } = bench;
    const tenantId = world.one.tenant;
    for (let count = 0; count < 1_200; count++) {
      registry.createDevice({ tenantId, customerId: undefined, name: `${count}`.padEnd(200, 'x'), type: 'default' });
    }
    const list = registry.listDeviceRows.bind(registry);
    let pages = 0;
    registry.listDeviceRows = (owner, filter) => {
      if (++pages === 3) throw new UnavailableError(INSIDE);
      return list(owner, filter);
    };
    const response = await send('/export');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(pages).toBe(3);
    // The next request is none the worse.
    expect(await (await send('/export')).json()).toMatchObject({ format: 'device-messaging/tenant' });
  });

  test.each([
    ['/devices/import', 'text/csv', `name\n${'device\n'.repeat(200_000)}`],
    [
      '/import',
      'application/json',
      JSON.stringify({
        format: 'device-messaging/tenant',
        version: 1,
        devices: Array.from({ length: 10_000 }, (_, index) => ({
          id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
          name: 'x'.repeat(100),
          type: 'default',
          customerId: null,
          createdAt: 1,
          credentials: null,
        })),
      }),
    ],
  ])('is told to whoever sends %s, however much of the file is still to come', async (path, type, body) => {
    const { registry } = bench;
    const create = registry.createDevice.bind(registry);
    let made = 0;
    registry.createDevice = (...device) => {
      if (++made > 2_000) throw new UnavailableError(INSIDE);
      return create(...device);
    };
    const response = await send(path, { method: 'POST', body, headers: { 'content-type': type } });
    const text = await response.text();
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(text).not.toContain('db.internal');
    expect(made).toBeLessThan(5_000);
    expect((await send('/devices?limit=1')).status).toBe(200);
  });
});
