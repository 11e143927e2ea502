import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDemoUsers } from '../auth/demo-users.js';
import { createSystemAdministrator } from '../auth/first-users.js';
import { AdminBench, PASSWORD, type Told } from '../spec-support/admin-bench.js';
import { openWorld, type World } from '../spec-support/world.js';

let world: World;
let bench: AdminBench;

beforeAll(async () => {
  world = await openWorld();
  ({ bench } = world);
});

afterAll(() => bench.close());

test('ADM-20: a new tenant gets its first user from a system administrator', async () => {
  const { body: tenant } = await bench.ask('POST', '/api/tenants', { as: 'root', body: { title: 'New' } });
  const user = { username: 'first', password: PASSWORD, role: 'TENANT_ADMIN' };
  const { status, body, headers } = await bench.ask('POST', `/api/tenants/${tenant.id}/users`, {
    as: 'root',
    body: user,
  });
  expect([status, body]).toEqual([201, { id: body.id, username: 'first', role: 'TENANT_ADMIN' }]);
  expect(headers.location).toBe(`/api/tenants/${tenant.id}/users/${body.id}`);
  expect((await bench.ask('GET', '/api/customers', { as: 'first' })).body).toEqual({ items: [] });
  expect((await bench.ask('GET', headers.location!, { as: 'root' })).body).toEqual(body);
  const listed = await bench.ask('GET', `/api/tenants/${tenant.id}/users`, { as: 'root' });
  expect(listed.body.items).toEqual([body]);
  const renamed = { username: 'renamed', role: 'TENANT_ADMIN' };
  expect((await bench.ask('PUT', headers.location!, { as: 'root', body: renamed })).body).toMatchObject(renamed);
  expect((await bench.ask('DELETE', headers.location!, { as: 'root' })).status).toBe(204);
  expect((await bench.ask('GET', '/api/customers', { as: 'first' })).status).toBe(401);
});

test('ADM-21: a user is of one tenant, a customer user of one of its customers', async () => {
  const user = { username: 'new', password: PASSWORD };
  const { customer } = world.one;
  const made = await bench.ask('POST', '/api/users', {
    as: 'one',
    body: { ...user, role: 'CUSTOMER_USER', customerId: customer.toUpperCase() },
  });
  expect(made.body).toEqual({ id: made.body.id, username: 'new', role: 'CUSTOMER_USER', customerId: customer });
  expect((await bench.ask('POST', '/api/users', { as: 'one', body: { ...user, role: 'TENANT_ADMIN' } })).status).toBe(
    409,
  );
  const wrong = [
    { ...user, username: 'x', role: 'CUSTOMER_USER' },
    { ...user, username: 'x', role: 'TENANT_ADMIN', customerId: customer },
  ];
  for (const body of wrong) {
    const told = await bench.ask('POST', '/api/users', { as: 'one', body });
    expect([told.status, told.body.errors[0]?.path]).toEqual([400, 'customerId']);
  }
});

test('ADM-21: a new password from an administrator ends the logins of the user', async () => {
  const { body } = await bench.ask('POST', '/api/users', {
    as: 'one',
    body: { username: 'forgetful', password: PASSWORD, role: 'TENANT_ADMIN' },
  });
  expect((await bench.ask('GET', '/api/customers', { as: 'forgetful' })).status).toBe(200);
  const change = { username: 'forgetful', role: 'TENANT_ADMIN', password: 'a new password' };
  expect((await bench.ask('PUT', `/api/users/${body.id}`, { as: 'one', body: change })).status).toBe(200);
  expect((await bench.ask('GET', '/api/customers', { as: 'forgetful' })).status).toBe(401);
  expect((await bench.login('forgetful', 'a new password')).status).toBe(200);
});

test('ADM-21: nobody locks themselves out: the own role and the own user stay', async () => {
  const { user } = bench.accounts.findUserSecret('one')!;
  const body = { username: 'one', role: 'CUSTOMER_USER', customerId: world.one.customer };
  expect((await bench.ask('PUT', `/api/users/${user.id}`, { as: 'one', body })).status).toBe(400);
  expect((await bench.ask('DELETE', `/api/users/${user.id}`, { as: 'one' })).status).toBe(400);
});

test('ADM-21: no answer shows a hash', async () => {
  const { text } = await bench.ask('GET', '/api/users?limit=1000', { as: 'one' });
  expect(text).not.toMatch(/argon2|password/i);
});

test('ADM-41: the first system administrator gets a password that is told once, and is made once', async () => {
  const empty = await AdminBench.open();
  expect(await createSystemAdministrator(empty.accounts)).toBeUndefined();
  empty.accounts.forgetUsers();
  const made = await createSystemAdministrator(empty.accounts);
  expect(made).toEqual({ username: 'sysadmin', password: expect.stringMatching(/^[\w-]{24}$/) });
  expect((await empty.login('sysadmin', made!.password)).status).toBe(200);
  expect(await createSystemAdministrator(empty.accounts)).toBeUndefined();
  await empty.close();
});

test('ADM-41: two nodes that start at the same moment make one', async () => {
  const empty = await AdminBench.open();
  empty.accounts.forgetUsers();
  const both = await Promise.all([
    createSystemAdministrator(empty.accounts),
    createSystemAdministrator(empty.accounts),
  ]);
  expect(both.filter((made) => made !== undefined)).toHaveLength(1);
  await empty.close();
});

test('ADM-41: the demo users have the names and passwords of ThingsBoard', async () => {
  const { tenant, customer } = world.one;
  await createDemoUsers(bench.accounts, { tenantId: tenant, customerIds: [customer, customer, customer] });
  expect((await bench.login('tenant@thingsboard.org', 'tenant')).status).toBe(200);
  expect((await bench.login('customerB@thingsboard.org', 'customer')).status).toBe(200);
  expect((await bench.login('sysadmin@thingsboard.org', 'sysadmin')).status).toBe(200);
});

describe('ADM-42: system administrators', () => {
  let own: World;
  const as = 'root';
  const ask = (method: string, path: string, body?: unknown, headers = {}) =>
    own.bench.ask(method, path, { as, ...(body === undefined ? {} : { body }), headers });
  const SECOND = { username: 'second', password: PASSWORD, role: 'SYS_ADMIN' };

  beforeEach(async () => {
    own = await openWorld();
  });

  afterEach(() => own.bench.close());

  test('see, make, change and delete each other, and nobody else here', async () => {
    const root = own.bench.accounts.findUserSecret('root')!.user;
    const shown = { id: root.id, username: 'root', role: 'SYS_ADMIN' };
    expect((await ask('GET', '/api/users')).body).toEqual({ items: [shown] });
    const made = await ask('POST', '/api/users', SECOND);
    expect([made.status, made.body, made.headers.location]).toEqual([
      201,
      { id: made.body.id, username: 'second', role: 'SYS_ADMIN' },
      `/api/users/${made.body.id}`,
    ]);
    const url = `/api/users/${made.body.id}`;
    expect((await ask('GET', url)).body).toEqual(made.body);
    expect((await own.bench.ask('GET', '/api/tenants', { as: 'second' })).status).toBe(200);
    const { body: page } = await ask('GET', '/api/users?limit=1');
    expect([page.items, page.next]).toEqual([[shown], root.id]);
    expect((await ask('GET', `/api/users?after=${root.id}`)).body).toEqual({ items: [made.body] });
    expect((await ask('GET', `/api/users?after=${own.one.user}`)).status).toBe(400);
    expect((await ask('GET', '/api/users?after=00000000-0000-4000-8000-000000000000')).status).toBe(400);
    const change = { username: 'renamed', role: 'SYS_ADMIN', password: 'a new password' };
    expect((await ask('PUT', url, change, { 'if-match': '"9"' })).status).toBe(412);
    expect((await ask('PUT', url, change)).body).toEqual({ ...made.body, username: 'renamed' });
    expect((await own.bench.ask('GET', '/api/tenants', { as: 'second' })).status).toBe(401);
    expect((await own.bench.login('renamed', 'a new password')).status).toBe(200);
    expect((await ask('DELETE', url)).status).toBe(204);
    expect((await ask('GET', '/api/users')).body).toEqual({ items: [shown] });
    expect((await own.bench.login('renamed', 'a new password')).status).toBe(401);
    const audited = own.bench.events.rows.filter(({ type, entityId }) => type === 'AUDIT' && entityId === made.body.id);
    expect(audited.map(({ tenantId, body }) => [tenantId, body.action])).toEqual([
      [undefined, 'CREATE'],
      [undefined, 'UPDATE'],
      [undefined, 'DELETE'],
    ]);
  });

  test('are never without one: nobody deletes the own user, or the last', async () => {
    const { user: root } = own.bench.accounts.findUserSecret('root')!;
    expect((await ask('DELETE', `/api/users/${root.id}`)).status).toBe(400);
    const { body: second } = await ask('POST', '/api/users', SECOND);
    await own.bench.token('second');
    const told = await Promise.all([
      ask('DELETE', `/api/users/${second.id}`),
      own.bench.ask('DELETE', `/api/users/${root.id}`, { as: 'second' }),
    ]);
    // Whoever was deleted first may not even be let in.
    expect(told.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(own.bench.accounts.listUsers(undefined, { limit: 9 })).toHaveLength(1);
    const [last] = own.bench.accounts.listUsers(undefined, { limit: 9 });
    expect(() => own.bench.accounts.deleteUser(last!.id)).toThrow(/is the last system administrator: make another/);
  });

  test('stay what they are, and no user of a tenant becomes one', async () => {
    const { bench, one } = own;
    const { user: root } = bench.accounts.findUserSecret('root')!;
    const [tenantUser, customerUser] = ['one', 'one-customer'].map((name) => bench.accounts.findUserSecret(name)!.user);
    const before = structuredClone(bench.accounts.listUsers(one.tenant, { limit: 99 }));
    const role = 'SYS_ADMIN';
    const refused: readonly (readonly [status: number, told: Promise<Told>])[] = [
      [400, ask('POST', '/api/users', { ...SECOND, role: 'TENANT_ADMIN' })],
      [400, ask('POST', '/api/users', { ...SECOND, role: 'CUSTOMER_USER', customerId: one.customer })],
      [400, ask('POST', '/api/users', { ...SECOND, customerId: one.customer })],
      [400, ask('PUT', `/api/users/${root.id}`, { username: 'root', role: 'TENANT_ADMIN' })],
      [404, ask('GET', `/api/users/${tenantUser!.id}`)],
      [404, ask('PUT', `/api/users/${tenantUser!.id}`, { username: 'one', role })],
      [404, ask('DELETE', `/api/users/${tenantUser!.id}`)],
      [400, ask('PUT', `/api/tenants/${one.tenant}/users/${tenantUser!.id}`, { username: 'one', role })],
      [404, ask('GET', `/api/tenants/${one.tenant}/users/${root.id}`)],
      [400, ask('POST', `/api/tenants/${one.tenant}/users`, SECOND)],
      [400, bench.ask('POST', '/api/users', { as: 'one', body: SECOND })],
      [400, bench.ask('PUT', `/api/users/${customerUser!.id}`, { as: 'one', body: { username: 'x', role } })],
      [404, bench.ask('GET', `/api/users/${root.id}`, { as: 'one' })],
      [
        404,
        bench.ask('PUT', `/api/users/${root.id}`, { as: 'one', body: { username: 'x', role, password: PASSWORD } }),
      ],
      [404, bench.ask('DELETE', `/api/users/${root.id}`, { as: 'one' })],
      [403, bench.ask('POST', '/api/users', { as: 'one-customer', body: SECOND })],
    ];
    for (const [status, told] of refused) expect([status, (await told).status]).toEqual([status, status]);
    expect(bench.accounts.listUsers(one.tenant, { limit: 99 })).toEqual(before);
    expect(bench.accounts.listUsers(undefined, { limit: 9 })).toEqual([root]);
    expect((await bench.ask('GET', '/api/users?limit=1000', { as: 'one' })).text).not.toContain('root');
  });
});
