import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { DatabaseError } from '../database/database-error.js';
import { MIGRATIONS } from '../database/migrator.js';
import { SILENT } from '../spec-support/silent-logger.js';
import { TcpProxy } from '../spec-support/tcp-proxy.js';
import { PostgresDatabases } from '../spec-support/postgres-databases.js';
import { START_TIMEOUT_MS } from '../spec-support/test-databases.js';
import { SqlDatabase } from '../sql-database.js';

const databases = new PostgresDatabases();

beforeAll(() => databases.start(), START_TIMEOUT_MS);
afterEach(() => databases.dispose());
afterAll(() => databases.stop());

async function refusalOf(databaseUrl: string): Promise<DatabaseError> {
  try {
    await databases.create({ databaseUrl });
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  }
  throw new Error('The database was opened');
}

describe('The PostgreSQL database', () => {
  test('SQL-40 says in one line, without the password, why it cannot be opened', async () => {
    const url = new URL(await databases.server.createDatabase());
    const { host } = url;
    const change = (members: Partial<Record<'password' | 'pathname' | 'port', string>>): string =>
      Object.assign(new URL(url), members).href;
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const refused: readonly (readonly [string, string, RegExp])[] = [
      [change({ password: 'a-wrong-secret' }), 'REFUSED', /refuses the login \(.*\): check DATABASE_URL$/],
      [change({ pathname: '/nowhere' }), 'REFUSED', /refuses the login \(database "nowhere" does not exist\)/],
      [change({ port: String(port) }), 'UNREACHABLE', /^PostgreSQL at 127\.0\.0\.1:\d+\/\S+ cannot be reached \(.+\)$/],
      [`${url.href}?sslmode=verify-full`, 'REFUSED', /check sslmode in DATABASE_URL$/],
      ['mysql://me:a-wrong-secret@localhost/x', 'REFUSED', /^DATABASE_URL is not of the form postgres:/],
      ['a-wrong-secret', 'REFUSED', /^DATABASE_URL is not of the form postgres:/],
    ];
    for (const [databaseUrl, code, text] of refused) {
      const error = await refusalOf(databaseUrl);
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(text)]);
      expect(error.message).not.toMatch(/\n|a-wrong-secret|only-for-tests/);
      if (code !== 'REFUSED') expect(error.message).not.toContain(host);
    }
  });

  test('SQL-2 is migrated by one of the nodes that start at the same time', async () => {
    const databaseUrl = await databases.server.createDatabase();
    const nodes = await Promise.all(Array.from({ length: 4 }, () => databases.create({ databaseUrl })));
    const starts = nodes.map(({ migration }) => migration.from).sort();
    expect(starts).toEqual([0, ...Array.from({ length: 3 }, () => MIGRATIONS.length)]);
  });

  test('SQL-23 gives nodes that start at the same time the same signing key', async () => {
    const databaseUrl = await databases.server.createDatabase();
    const nodes = await Promise.all(Array.from({ length: 4 }, () => databases.create({ databaseUrl })));
    const keys = await Promise.all(nodes.map(async ({ accounts }) => accounts.signingKeys()));
    expect(new Set(keys.map(([key]) => key!.id)).size).toBe(1);
  });
});

describe('Nodes on one PostgreSQL', () => {
  async function twoNodes() {
    const databaseUrl = await databases.server.createDatabase();
    const [one, other] = [await databases.create({ databaseUrl }), await databases.create({ databaseUrl })];
    const { id: tenantId } = await one.registry.createTenant({ title: 'Tenant' });
    return { one, other, tenantId };
  }

  test('SQL-41 make no more devices together than a quota allows, and no two rows of one id or token', async () => {
    const { one, other, tenantId } = await twoNodes();
    await one.registry.putQuotas({ kind: 'tenant', id: tenantId }, { devices: 10 });
    const id = randomUUID();
    const device = { tenantId, customerId: undefined, name: 'Device', type: 'default' };
    const twins = await Promise.allSettled(
      [one, other].map(async ({ registry }) => registry.createDevice({ ...device, id })),
    );
    expect(twins.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, index) => (index % 2 === 0 ? one : other).registry.createDevice(device)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'OVER_QUOTA' });
    }
    expect(await one.registry.listDeviceRows(tenantId, { limit: 100 })).toHaveLength(10);
  });

  test('SQL-41 change a row one after the other: whoever read it before the other’s change is STALE', async () => {
    const { one, other, tenantId } = await twoNodes();
    const outcomes = await Promise.allSettled(
      [one, other].map(async ({ registry }, index) =>
        registry.updateTenant(tenantId, { title: `by ${index}` }, { ifVersion: 1 }),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await one.registry.findTenant(tenantId))?.version).toBe(2);
  });

  test('SQL-41 change a plugin or what is said of its customers, not both, when both knew the same', async () => {
    const { one, other, tenantId } = await twoNodes();
    const { id: customerId } = await one.registry.createCustomer({ tenantId, title: 'Customer' });
    const plugin = { tenantId, name: 'P', apiToken: 'p', clazz: 'c', state: 'ACTIVE', configuration: {} } as const;
    const { id } = await one.registry.createPlugin(plugin);
    for (let round = 1; round <= 10; round++) {
      const { version } = (await one.registry.findPlugin(id))!;
      const expected = { ifVersion: version };
      const [base, override] = [{ base: round }, { enabled: true, configuration: { override: round } }];
      const outcomes = await Promise.allSettled([
        one.registry.updatePlugin(id, { configuration: base }, expected),
        other.registry.putCustomerSettings(id, customerId, override, expected),
      ]);
      const [refused, ...others] = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect([refused?.reason, others]).toEqual([expect.objectContaining({ code: 'STALE' }), []]);
      const now = (await one.registry.findEnablement(id))!;
      expect(now.plugin.version).toBe(version + 1);
      const isBase = outcomes[0].status === 'fulfilled';
      expect(now.plugin.configuration).toEqual(isBase ? base : expect.not.objectContaining(base));
      if (isBase) expect(now.customers.get(customerId)).not.toEqual(override);
      else expect(now.customers.get(customerId)).toEqual(override);
    }
  });

  test('SQL-41 replace quotas and credentials one after the other', async () => {
    const { one, other, tenantId } = await twoNodes();
    const device = await one.registry.createDevice({
      tenantId,
      customerId: undefined,
      name: 'Device',
      type: 'default',
    });
    const subject = { kind: 'device', id: device.id } as const;
    const winners = async (change: (registry: typeof one.registry, index: number) => unknown): Promise<number> => {
      const outcomes = await Promise.allSettled([one, other].map(async ({ registry }, at) => change(registry, at)));
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'STALE' });
      }
      return outcomes.filter(({ status }) => status === 'fulfilled').length;
    };
    for (let version = 1; version <= 5; version++) {
      const digest = (index: number) => createHash('sha256').update(`${version} ${index}`).digest('hex');
      const expected = { ifVersion: version };
      expect(
        await winners((registry, index) => registry.setCredentials(device.id, 'ACCESS_TOKEN', digest(index), expected)),
      ).toBe(1);
      const ifQuotas = (await one.registry.listQuotas('device', [device.id])).get(device.id) ?? {};
      const quotas = (index: number) => ({ connections: 10 * version + index });
      expect(await winners((registry, index) => registry.putQuotas(subject, quotas(index), { ifQuotas }))).toBe(1);
    }
  });

  test('SQL-24 never delete the last two system administrators at once', async () => {
    const { one, other } = await twoNodes();
    const root = { role: 'SYS_ADMIN', tenantId: undefined, customerId: undefined } as const;
    let { id: last } = await one.accounts.createUser({ ...root, username: 'first' }, 'hash');
    for (let round = 0; round < 10; round++) {
      const { id: next } = await one.accounts.createUser({ ...root, username: `user ${round}` }, 'hash');
      const outcomes = await Promise.allSettled([one.accounts.deleteUser(last), other.accounts.deleteUser(next)]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const left = await one.accounts.listUsers(undefined, { limit: 9 });
      expect(left).toHaveLength(1);
      last = left[0]!.id;
    }
  });

  test('SQL-16 count their changes in one order without gaps', async () => {
    const { one, other, tenantId } = await twoNodes();
    const { version } = await one.changesSince(undefined);
    const device = { tenantId, customerId: undefined, name: 'Device', type: 'default' };
    const made: string[] = [];
    for (let round = 0; round < 10; round++) {
      const rows = await Promise.all([one, other].map(async ({ registry }) => registry.createDevice(device)));
      made.push(...rows.map(({ id }) => id));
    }
    const missed = await other.changesSince(version);
    expect(missed.version).toBe(version + 20);
    const told = missed.changes!.map((change) => (change.kind === 'device' ? change.deviceId : change.kind));
    expect([...told].sort()).toEqual([...made].sort());
    for (const change of missed.changes!) other.evict(change);
    expect((await other.registry.findDevice(made[0]!))?.id).toBe(made[0]);
  });
});

describe('While PostgreSQL is away', () => {
  let proxy: TcpProxy;
  let database: SqlDatabase;
  const logged: string[] = [];

  beforeEach(async () => {
    logged.length = 0;
    proxy = await TcpProxy.to(databases.server.host, databases.server.port);
    const url = new URL(await databases.server.createDatabase());
    [url.hostname, url.port] = ['127.0.0.1', String(proxy.port)];
    const log = (message: string): void => {
      logged.push(message);
    };
    database = await databases.create({ databaseUrl: url.href, logger: { ...SILENT, info: log, error: log } });
  });

  afterEach(async () => {
    await databases.dispose();
    await proxy.close();
  });

  async function oneDevice() {
    const { registry } = database;
    const { id: tenantId } = await registry.createTenant({ title: 'Tenant' });
    const device = await registry.createDevice({ tenantId, customerId: undefined, name: 'Device', type: 'default' });
    await registry.findDevice(device.id);
    return { registry, device };
  }

  async function recovered(): Promise<void> {
    while (!database.metrics().isUp) await setTimeout(20);
  }

  test('SQL-42 answers what is in memory, refuses the rest at once, and is back by itself', async () => {
    const { registry, device } = await oneDevice();
    proxy.cut();
    await expect(Promise.resolve(registry.findDevice(randomUUID()))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(database.metrics().isUp).toBe(false);
    expect(registry.findDevice(device.id)).toEqual(device);
    const start = performance.now();
    const misses = Array.from({ length: 5_000 }, async () => registry.findDevice(randomUUID()));
    const outcomes = await Promise.allSettled(misses);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(database.metrics().failures).toBeGreaterThanOrEqual(5_000);
    expect(performance.now() - start).toBeLessThan(2_000);
    await expect(registry.deleteDevice(device.id)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    database.events.append({ tenantId: undefined, type: 'LIFECYCLE', entityId: undefined, at: 1, body: { n: 1 } });
    await expect(Promise.resolve(database.events.flush())).rejects.toMatchObject({ code: 'UNREACHABLE' });
    proxy.restore();
    await recovered();
    expect(await registry.findDevice(randomUUID())).toBeUndefined();
    await eventually(async () => registry.deleteDevice(device.id));
    expect(await registry.findDevice(device.id)).toBeUndefined();
    expect(await database.events.query({ tenantId: undefined, limit: 9 })).toHaveLength(1);
    expect(logged.filter((line) => line.startsWith('The database is'))).toEqual([
      'The database is away: what is in memory goes on being answered',
      'The database is back',
    ]);
  });

  test('SQL-43 lets no connection that died unseen fail a query or a change', async () => {
    const { registry, device } = await oneDevice();
    await Promise.all(Array.from({ length: 8 }, async () => registry.listTenants({ limit: 1 })));
    for (let round = 0; round < 3; round++) {
      proxy.cut();
      proxy.restore();
      const rows = await Promise.all(Array.from({ length: 8 }, async () => registry.findDeviceRow(device.id)));
      expect(rows.every((row) => row?.id === device.id)).toBe(true);
      proxy.cut();
      proxy.restore();
      await registry.updateDevice(device.id, { type: `round ${round}` });
    }
    expect((await registry.findDeviceRow(device.id))?.version).toBe(4);
  });

  test('SQL-44 tells who asks a database that says nothing any more within a few seconds', async () => {
    const { registry, device } = await oneDevice();
    proxy.silence();
    const start = performance.now();
    await expect(Promise.resolve(registry.findDevice(randomUUID()))).rejects.toMatchObject({ code: 'BUSY' });
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(registry.findDevice(device.id)).toEqual(device);
    proxy.cut();
    proxy.restore();
    await eventually(async () => registry.findDevice(randomUUID()));
  });
});

/** Tries again until it succeeds. */
async function eventually(attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      await setTimeout(50);
    }
  }
}
