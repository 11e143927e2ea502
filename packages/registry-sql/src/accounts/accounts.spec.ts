import { RegistryError, type New, type User } from '@device-messaging/host-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { DATABASES } from '../spec-support/both-databases.js';
import { START_TIMEOUT_MS } from '../spec-support/test-databases.js';
import type { SqlDatabase } from '../sql-database.js';

const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA';
const HOUR_MS = 3_600_000;

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function refusalOf(change: Promise<unknown>): Promise<string> {
  try {
    await change;
  } catch (error) {
    if (error instanceof RegistryError) return error.code;
    throw error;
  }
  return 'not refused';
}

describe.each(DATABASES)('Accounts in %s', (_name, databases) => {
  let database: SqlDatabase;
  let now: number;

  beforeAll(() => databases.start(), START_TIMEOUT_MS);
  beforeEach(async () => {
    now = 1_000_000;
    database = await databases.create({ clock: { now: () => now } });
  });
  afterEach(() => databases.dispose());
  afterAll(() => databases.stop());

  async function tenantWithCustomer() {
    const tenant = await database.registry.createTenant({ title: 'Tenant' });
    const customer = await database.registry.createCustomer({ tenantId: tenant.id, title: 'Customer' });
    return { tenantId: tenant.id, customerId: customer.id };
  }

  function admin(members: Partial<New<User>> = {}): Promise<User> {
    const system = { username: 'Root', role: 'SYS_ADMIN' as const, tenantId: undefined, customerId: undefined };
    return Promise.resolve(database.accounts.createUser({ ...system, ...members }, HASH));
  }

  test('SQL-20 finds users by id and by name in any case, with the hash only where it is asked for', async () => {
    const { tenantId, customerId } = await tenantWithCustomer();
    const user = await admin({ username: 'Ada', role: 'CUSTOMER_USER', tenantId, customerId });
    expect(user).toEqual({
      id: expect.any(String),
      username: 'Ada',
      role: 'CUSTOMER_USER',
      tenantId,
      customerId,
      version: 1,
      createdAt: 1_000_000,
    });
    expect(Object.isFrozen(user)).toBe(true);
    expect(await database.accounts.findUser(user.id.toUpperCase())).toEqual(user);
    expect(await database.accounts.findUserSecret('aDA')).toEqual({ user, passwordHash: HASH });
    for (const name of ['Adam', "' or 1=1 --", 'Ada\0', '\ud800', 'x'.repeat(10_000)]) {
      expect(await database.accounts.findUserSecret(name)).toBeUndefined();
    }
  });

  test('SQL-20 refuses a second user of a name, and users whose role, tenant and customer do not fit', async () => {
    const { tenantId, customerId } = await tenantWithCustomer();
    const other = await tenantWithCustomer();
    await admin({ username: 'Ada' });
    expect(await refusalOf(admin({ username: 'ADA' }))).toBe('ALREADY_EXISTS');
    const refused: readonly [Partial<New<User>>, string][] = [
      [{ role: 'TENANT_ADMIN' }, 'INVALID'],
      [{ role: 'SYS_ADMIN', tenantId }, 'INVALID'],
      [{ role: 'TENANT_ADMIN', tenantId, customerId }, 'INVALID'],
      [{ role: 'CUSTOMER_USER', tenantId }, 'INVALID'],
      [{ role: 'TENANT_ADMIN', tenantId: customerId }, 'NOT_FOUND'],
      [{ role: 'CUSTOMER_USER', tenantId, customerId: other.customerId }, 'NOT_FOUND'],
      [{ username: '' }, 'INVALID'],
      [{ username: 'a\0b' }, 'INVALID'],
    ];
    for (const [members, code] of refused) {
      expect(await refusalOf(admin({ username: 'Next', ...members }))).toBe(code);
    }
  });

  test('SQL-20 lists the users of a tenant, or the system administrators, by age and page by page', async () => {
    const { tenantId } = await tenantWithCustomer();
    const other = await tenantWithCustomer();
    const create = (username: string, owner: string | undefined) =>
      admin({ username, role: owner === undefined ? 'SYS_ADMIN' : 'TENANT_ADMIN', tenantId: owner });
    const [a] = [await create('a', tenantId), await create('b', tenantId), await create('c', tenantId)];
    const root = await create('root', undefined);
    await create('foreign', other.tenantId);
    const names = async (...args: Parameters<typeof database.accounts.listUsers>) =>
      (await database.accounts.listUsers(...args)).map(({ username }) => username);
    expect(await names(tenantId, { limit: 2 })).toEqual(['a', 'b']);
    expect(await names(tenantId, { limit: 2, after: a.id })).toEqual(['b', 'c']);
    expect(await names(tenantId, { limit: 2, after: root.id })).toEqual([]);
    expect(await names(undefined, { limit: 9 })).toEqual(['root']);
  });

  test('SQL-24 deletes every system administrator but the last, whoever deletes whom at the same moment', async () => {
    const { tenantId } = await tenantWithCustomer();
    await admin({ username: 'of a tenant', role: 'TENANT_ADMIN', tenantId });
    const roots = [await admin({ username: 'a' }), await admin({ username: 'b' }), await admin({ username: 'c' })];
    const { accounts } = database;
    const outcomes = await Promise.allSettled(roots.map(async ({ id }) => accounts.deleteUser(id)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const [last, ...others] = await accounts.listUsers(undefined, { limit: 9 });
    expect(others).toEqual([]);
    await expect(accounts.deleteUser(last!.id)).rejects.toMatchObject({
      code: 'IN_USE',
      message: `"${last!.username}" is the last system administrator: make another one first`,
    });
    expect(await refusalOf(Promise.resolve(accounts.deleteUser(last!.id, { ifVersion: 9 })))).toBe('STALE');
    await admin({ username: 'd' });
    await accounts.deleteUser(last!.id);
  });

  test('SQL-20 changes users under the version that the caller knows', async () => {
    const { tenantId, customerId } = await tenantWithCustomer();
    const user = await admin({ role: 'TENANT_ADMIN', tenantId });
    const moved = await database.accounts.updateUser(user.id, { role: 'CUSTOMER_USER', customerId }, { ifVersion: 1 });
    expect(moved).toEqual({ ...user, role: 'CUSTOMER_USER', customerId, version: 2 });
    expect(await refusalOf(Promise.resolve(database.accounts.deleteUser(user.id, { ifVersion: 1 })))).toBe('STALE');
    const back = await database.accounts.updateUser(user.id, { role: 'TENANT_ADMIN', customerId: undefined });
    expect(back).toEqual({ ...user, version: 3 });
    expect(await database.accounts.updateUser(user.id, {})).toEqual(back);
    await database.accounts.deleteUser(user.id, { ifVersion: 3 });
    expect(await database.accounts.findUser(user.id)).toBeUndefined();
  });

  test('SQL-21 exchanges a refresh token once; one that is shown again ends the login', async () => {
    const { id } = await admin();
    const { accounts } = database;
    const login = await accounts.createLogin(id, digest('1'), now + HOUR_MS);
    expect(await accounts.isLoginOpen(login.id)).toBe(true);
    const renewal = await accounts.renewLogin(digest('1'), digest('2'), now + 2 * HOUR_MS, now);
    expect(renewal).toEqual({ kind: 'renewed', login: { id: login.id, userId: id, expiresAt: now + 2 * HOUR_MS } });
    expect(await accounts.renewLogin(digest('none'), digest('3'), now + HOUR_MS, now)).toEqual({ kind: 'unknown' });
    expect(await accounts.renewLogin(digest('1'), digest('3'), now + HOUR_MS, now)).toEqual({ kind: 'reused' });
    expect(await accounts.isLoginOpen(login.id)).toBe(false);
    expect(await accounts.renewLogin(digest('2'), digest('3'), now + HOUR_MS, now)).toEqual({ kind: 'unknown' });
  });

  test('SQL-21 lets one of two who renew with the same token at the same time through', async () => {
    const { id } = await admin();
    await database.accounts.createLogin(id, digest('1'), now + HOUR_MS);
    const kinds = await Promise.all(
      ['2', '3'].map(async (next) => {
        const { kind } = await database.accounts.renewLogin(digest('1'), digest(next), now + HOUR_MS, now);
        return kind;
      }),
    );
    expect(kinds.sort()).toEqual(['renewed', 'reused']);
  });

  test('SQL-21 renews nothing after its time, and prunes what is over', async () => {
    const { id } = await admin();
    const { accounts } = database;
    await accounts.createLogin(id, digest('over'), now + 10);
    const open = await accounts.createLogin(id, digest('open'), now + HOUR_MS);
    now += 10;
    expect(await accounts.renewLogin(digest('over'), digest('2'), now + HOUR_MS, now)).toEqual({ kind: 'unknown' });
    expect(await accounts.pruneLogins(now)).toBe(1);
    expect(await accounts.pruneLogins(now)).toBe(0);
    expect(await accounts.isLoginOpen(open.id)).toBe(true);
  });

  test('SQL-22 ends logins at once where they are ended, by logout, password, user, customer or tenant', async () => {
    const { tenantId, customerId } = await tenantWithCustomer();
    const { accounts, registry } = database;
    const login = async (username: string) => {
      const user = await admin({ username, role: 'CUSTOMER_USER', tenantId, customerId });
      const { id } = await accounts.createLogin(user.id, digest(username), now + HOUR_MS);
      expect(await accounts.isLoginOpen(id)).toBe(true);
      return { id, userId: user.id };
    };
    const one = await login('one');
    await accounts.endLogin(one.id);
    expect(await accounts.isLoginOpen(one.id)).toBe(false);
    const two = await login('two');
    await accounts.setPassword(two.userId, `${HASH}2`);
    expect(await accounts.isLoginOpen(two.id)).toBe(false);
    expect((await accounts.findUserSecret('two'))?.passwordHash).toBe(`${HASH}2`);
    const three = await login('three');
    await accounts.deleteUser(three.userId);
    expect(await accounts.isLoginOpen(three.id)).toBe(false);
    await registry.deleteCustomer(customerId);
    expect(await accounts.findUser(two.userId)).toBeUndefined();
    const tenantAdmin = await admin({ username: 'admin', role: 'TENANT_ADMIN', tenantId });
    await registry.deleteTenant(tenantId);
    expect(await accounts.findUser(tenantAdmin.id)).toBeUndefined();
    expect(await accounts.isLoginOpen('no-id')).toBe(false);
  });

  test('SQL-23 gives every caller the same first key, and keys youngest first', async () => {
    const { accounts } = database;
    const asked = await Promise.all(Array.from({ length: 5 }, async () => accounts.signingKeys()));
    const [first] = asked[0]!;
    expect(first!.secret.byteLength).toBeGreaterThanOrEqual(32);
    for (const keys of asked) expect(keys).toEqual([first]);
    const next = { id: 'next', secret: Uint8Array.of(1, 2, 3), createdAt: now + 1 };
    await accounts.addSigningKey(next);
    expect(await accounts.signingKeys()).toEqual([next, first]);
    await accounts.deleteSigningKey(first!.id);
    expect(await accounts.signingKeys()).toEqual([next]);
  });
});
