import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDemoUsers } from '../auth/demo-users.js';
import { createSystemAdministrator } from '../auth/first-users.js';
import { AdminBench, PASSWORD } from '../spec-support/admin-bench.js';
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
  const { user } = empty.accounts.findUserSecret('root')!;
  expect(await createSystemAdministrator(empty.accounts)).toBeUndefined();
  empty.accounts.deleteUser(user.id);
  const made = await createSystemAdministrator(empty.accounts);
  expect(made).toEqual({ username: 'sysadmin', password: expect.stringMatching(/^[\w-]{24}$/) });
  expect((await empty.login('sysadmin', made!.password)).status).toBe(200);
  expect(await createSystemAdministrator(empty.accounts)).toBeUndefined();
  await empty.close();
});

test('ADM-41: two nodes that start at the same moment make one', async () => {
  const empty = await AdminBench.open();
  empty.accounts.deleteUser(empty.accounts.findUserSecret('root')!.user.id);
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
