import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AdminBench, Ask, Told } from '../spec-support/admin-bench.js';
import type { DocumentedOperation } from '../spec-support/document-check.js';
import { validBody } from '../spec-support/valid-bodies.js';
import { filled, openWorld, SECRETS_OF_TWO, type Rows, type World } from '../spec-support/world.js';

/** Every operation of the OpenAPI document, asked by everybody about everybody's rows. */

const ROLES = { root: 'SYS_ADMIN', one: 'TENANT_ADMIN', 'one-customer': 'CUSTOMER_USER' } as const;
const NOBODY = '00000000-0000-4000-8000-000000000000';

let world: World;
let bench: AdminBench;
let count = 0;

beforeAll(async () => {
  world = await openWorld();
  ({ bench } = world);
});

afterAll(() => bench.close());

interface Documented {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

/** Deletions last: every other operation needs the rows. */
function operations(): readonly Documented[] {
  const all = bench.document!.operations;
  const isDeletion = ({ method }: Documented): boolean => method === 'DELETE';
  return [...all.filter((one) => !isDeletion(one)), ...all.filter(isDeletion)];
}

function ask({ method, operation }: Documented, url: string, rows: Rows, as?: string, extra: Ask = {}): Promise<Told> {
  const csv = operation.operationId === 'importDevices';
  const body = csv ? 'name\n' : validBody(operation.operationId, rows, String(count++));
  const headers = csv ? { headers: { 'content-type': 'text/csv' } } : {};
  return bench.ask(method, url, { ...headers, ...(body === undefined ? {} : { body }), as, ...extra });
}

/** What there is in tenant two, to be compared before and after. */
function stateOfTwo(): unknown {
  const { registry, accounts } = bench;
  const { tenant, plugin, device, customer } = world.two;
  const page = { limit: 1_000 };
  return structuredClone([
    registry.findTenant(tenant),
    registry.listCustomers(tenant, page),
    registry.listDeviceRows(tenant, page),
    registry.findCredentials(device),
    registry.listPlugins(tenant),
    registry.listRules(tenant),
    registry.findEnablement(plugin),
    (['tenant', 'customer', 'device'] as const).map((kind, index) =>
      registry.findQuotas({ kind, id: [tenant, customer, device][index]! }),
    ),
    accounts.listUsers(tenant, page),
  ]);
}

describe('every operation', () => {
  test('ADM-7: is among those that this suite has a body for', () => {
    const withBody = operations().filter(({ operation }) => operation.requestBody !== undefined);
    expect(withBody.length).toBeGreaterThan(20);
    const missing = withBody.filter(
      ({ operation: { operationId: id } }) => id !== 'importDevices' && validBody(id, world.one, '') === undefined,
    );
    expect(missing).toEqual([]);
  });

  test('ADM-7: says who may ask, or that anyone may', () => {
    const open = operations().filter(({ operation }) => operation['x-roles'] === undefined);
    expect(open.map(({ path }) => path)).toEqual(['/api/auth/login', '/api/auth/token']);
  });

  test('ADM-7: is 401 without an access token, whatever else is wrong with the request', async () => {
    for (const documented of operations()) {
      if (documented.operation['x-roles'] === undefined) continue;
      const url = filled(documented.path, world.one);
      const told = [
        await ask(documented, url, world.one),
        await ask(documented, url, world.one, undefined, { headers: { authorization: 'Bearer x.y.z' } }),
        await ask(documented, url.replace(/[0-9a-f-]{36}/g, NOBODY), world.one),
        await bench.ask(documented.method, url, { body: 'no json' }),
      ];
      expect([documented.operation.operationId, ...told.map(({ status }) => status)]).toEqual([
        documented.operation.operationId,
        401,
        401,
        401,
        401,
      ]);
    }
  });

  test.each(Object.entries(ROLES))('ADM-7: is 403 for %s, unless the role is named', async (user, role) => {
    for (const documented of operations()) {
      const { operation, path } = documented;
      if (operation['x-roles'] === undefined || operation['x-roles'].includes(role)) continue;
      const { status } = await ask(documented, filled(path, world.one), world.one, user);
      expect([operation.operationId, status]).toEqual([operation.operationId, 403]);
      const foreign = await ask(documented, filled(path, world.two), world.two, user);
      expect([operation.operationId, foreign.status]).toEqual([operation.operationId, 403]);
    }
  });
});

describe.each(['one', 'one-customer'])('ADM-8: to %s the rows of another tenant', (user) => {
  test('do not exist, by any operation; the answer is that for a row that nobody has', async () => {
    const before = stateOfTwo();
    let asked = 0;
    for (const documented of operations()) {
      const { operation, path } = documented;
      if (!path.includes('{') || !operation['x-roles']?.includes(ROLES[user as 'one'])) continue;
      const foreign = await ask(documented, filled(path, world.two), world.one, user);
      const nobodys = await ask(documented, filled(path, world.two).replace(/[0-9a-f-]{36}/g, NOBODY), world.one, user);
      expect([operation.operationId, foreign.status]).toEqual([operation.operationId, 404]);
      expect([operation.operationId, foreign.body]).toEqual([operation.operationId, nobodys.body]);
      expect(foreign.text).not.toMatch(SECRETS_OF_TWO);
      const inUpperCase = filled(path, world.two).replace(/[0-9a-f-]{36}/g, (id) => id.toUpperCase());
      expect((await ask(documented, inUpperCase, world.one, user)).status).toBe(404);
      asked++;
    }
    expect(asked).toBeGreaterThan(user === 'one' ? 20 : 0);
    expect(stateOfTwo()).toEqual(before);
  });
});

test('ADM-8: a row of another tenant in a body, or as the second id of a path, is refused', async () => {
  const before = stateOfTwo();
  const { one, two } = world;
  const refusals = [
    await bench.ask('POST', '/api/devices', { as: 'one', body: { name: 'x', customerId: two.customer } }),
    await bench.ask('PUT', `/api/devices/${one.device}/customer`, { as: 'one', body: { customerId: two.customer } }),
    await bench.ask('POST', '/api/users', {
      as: 'one',
      body: { username: 'x', password: 'long enough', role: 'CUSTOMER_USER', customerId: two.customer },
    }),
    await bench.ask('PUT', `/api/users/${one.user}`, {
      as: 'one',
      body: { username: 'x', role: 'CUSTOMER_USER', customerId: two.customer },
    }),
    await bench.ask('PUT', `/api/plugins/${one.plugin}/customers/${two.customer}`, {
      as: 'one',
      body: { enabled: true },
    }),
    await bench.ask('DELETE', `/api/plugins/${one.plugin}/customers/${two.customer}`, { as: 'one' }),
    await bench.ask('PUT', `/api/plugins/${one.plugin}/customers`, {
      as: 'one',
      body: { default: true, customers: { [two.customer]: { enabled: true } } },
    }),
    await bench.ask('POST', '/api/rules', {
      as: 'one',
      body: { ...(validBody('createRule', one, '') as object), pluginToken: 'two-plugin' },
    }),
    await bench.ask('GET', `/api/tenants/${one.tenant}/users/${two.user}`, { as: 'root' }),
    await bench.ask('PUT', `/api/tenants/${one.tenant}/users/${two.user}`, {
      as: 'root',
      body: { username: 'x', role: 'TENANT_ADMIN' },
    }),
    await bench.ask('DELETE', `/api/tenants/${one.tenant}/users/${two.user}`, { as: 'root' }),
  ];
  expect(refusals.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 400, 400, 404, 404, 404]);
  for (const { text } of refusals) expect(text).not.toMatch(SECRETS_OF_TWO);
  expect(stateOfTwo()).toEqual(before);
});

test('ADM-8: lists and exports show nothing of another tenant, and no cursor or filter leads there', async () => {
  const { two } = world;
  for (const path of ['/api/customers', '/api/users', '/api/devices', '/api/plugins', '/api/rules', '/api/events']) {
    for (const url of [path, `${path}?limit=1000`]) {
      expect((await bench.ask('GET', url, { as: 'one' })).text).not.toMatch(SECRETS_OF_TWO);
    }
    for (const cursor of Object.values(two)) {
      const { status, text, body } = await bench.ask('GET', `${path}?after=${cursor as string}`, { as: 'one' });
      expect(status === 400 || body.items.length === 0).toBe(true);
      expect(text).not.toMatch(SECRETS_OF_TWO);
    }
  }
  const filters = [`customerId=${two.customer}`, 'name=Secret%20of%20two', 'online=false&name=Secret%20of%20two'];
  for (const filter of filters) {
    expect((await bench.ask('GET', `/api/devices?${filter}`, { as: 'one' })).body.items).toEqual([]);
    expect((await bench.ask('GET', `/api/devices?${filter}`, { as: 'one-customer' })).body.items).toEqual([]);
  }
  expect((await bench.ask('GET', `/api/events?entityId=${two.device}`, { as: 'one' })).body.items).toEqual([]);
  expect((await bench.ask('GET', '/api/export', { as: 'one' })).text).not.toMatch(SECRETS_OF_TWO);
});

test('ADM-8: a customer user sees and calls devices of the own customer alone', async () => {
  const other = await bench.ask('POST', '/api/customers', { as: 'one', body: { title: 'Other' } });
  const body = { name: 'Of the other', customerId: other.body.id };
  const device = await bench.ask('POST', '/api/devices', { as: 'one', body });
  const unassigned = await bench.ask('POST', '/api/devices', { as: 'one', body: { name: 'Of nobody' } });
  const { body: list } = await bench.ask('GET', '/api/devices?limit=1000', { as: 'one-customer' });
  expect(list.items.map(({ customerId }) => customerId)).toEqual(list.items.map(() => world.one.customer));
  expect(
    (await bench.ask('GET', `/api/devices?customerId=${other.body.id}`, { as: 'one-customer' })).body.items,
  ).toEqual([]);
  for (const { id } of [device.body, unassigned.body]) {
    const call = { as: 'one-customer', body: { method: 'x' } };
    expect((await bench.ask('POST', `/api/devices/${id}/rpc`, call)).status).toBe(404);
    expect((await bench.ask('GET', `/api/devices?after=${id}`, { as: 'one-customer' })).status).toBe(400);
  }
  expect((await bench.ask('GET', '/api/devices?online=false', { as: 'one-customer' })).body.items).toEqual(list.items);
});
