import type { RegistryChange } from '@device-messaging/host-api';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { SqliteDatabases } from '../spec-support/sqlite-databases.js';
import type { SqlDatabase } from '../sql-database.js';

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function isPromise(value: unknown): boolean {
  return value instanceof Promise;
}

describe('The cache in front of the registry', () => {
  const databases = new SqliteDatabases();
  let database: SqlDatabase;

  beforeEach(async () => {
    database = await databases.create();
  });
  afterEach(() => databases.dispose());

  /** A tenant with everything the host asks for, all of it asked once. */
  async function warmWorld() {
    const { registry } = database;
    const tenantId = (await registry.createTenant({ title: 'Tenant' })).id;
    const customerId = (await registry.createCustomer({ tenantId, title: 'Customer' })).id;
    const owner = { tenantId, customerId };
    const credentials = { type: 'ACCESS_TOKEN' as const, digest: digestOf('one') };
    const device = await registry.createDevice({ ...owner, name: 'One', type: 'default' }, credentials);
    const plugin = await registry.createPlugin({
      tenantId,
      name: 'Messages',
      apiToken: 'messaging',
      clazz: 'device-messaging',
      state: 'ACTIVE',
      configuration: {},
    });
    const asks: Readonly<Record<string, () => unknown>> = {
      device: () => registry.findDevice(device.id),
      credentials: () => registry.findDeviceByCredentials('ACCESS_TOKEN', digestOf('one')),
      name: () => registry.findDeviceByName(tenantId, 'One'),
      page: () => registry.listDevices(tenantId, { customerId, limit: 10, except: device.id }),
      rules: () => registry.listRules(tenantId),
      plugins: () => registry.listPlugins(tenantId),
      settings: () => registry.findCustomerSettings(plugin.id, customerId),
      default: () => registry.findCustomerSettings(plugin.id, undefined),
      tenantQuotas: () => registry.findQuotas({ kind: 'tenant', id: tenantId }),
      customerQuotas: () => registry.findQuotas({ kind: 'customer', id: customerId }),
      deviceQuotas: () => registry.findQuotas({ kind: 'device', id: device.id }),
    };
    for (const ask of Object.values(asks)) await ask();
    return { registry, tenantId, customerId, owner, device, plugin, asks };
  }

  /** What is not answered from memory. */
  async function misses(asks: Readonly<Record<string, () => unknown>>): Promise<string[]> {
    const missing = Object.entries(asks).flatMap(([name, ask]) => {
      const answer = ask();
      return isPromise(answer) ? [[name, answer] as const] : [];
    });
    await Promise.all(missing.map(([, answer]) => answer));
    return missing.map(([name]) => name);
  }

  test('SQL-10 answers all that the host asks while messages flow synchronously', async () => {
    const { asks } = await warmWorld();
    const before = database.metrics();
    expect(await misses(asks)).toEqual([]);
    const { cacheHits, cacheMisses, cacheEntries, cacheBytes, isUp } = database.metrics();
    expect(cacheHits - before.cacheHits).toBeGreaterThanOrEqual(Object.keys(asks).length);
    expect(cacheMisses).toBe(before.cacheMisses);
    expect([isUp, cacheEntries > 5, cacheBytes > 1_000]).toEqual([true, true, true]);
  });

  test('SQL-10 counts no failure of the database where a row is refused', async () => {
    const { registry, device } = await warmWorld();
    const again = registry.createDevice({ ...device, id: device.id });
    await expect(Promise.resolve(again)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(database.metrics().failures).toBe(0);
  });

  test('SQL-10 asks the database once for a device that a thousand sessions ask for', async () => {
    const { registry, device } = await warmWorld();
    database.evictAll();
    const { cacheMisses } = database.metrics();
    const answers = Array.from({ length: 1_000 }, async () => registry.findDevice(device.id));
    expect(new Set(await Promise.all(answers)).size).toBe(1);
    expect(database.metrics().cacheMisses - cacheMisses).toBe(1_000);
    expect(isPromise(registry.findDevice(device.id))).toBe(false);
  });

  test('SQL-13 asks the database nothing that no row can answer', async () => {
    const { registry, tenantId } = await warmWorld();
    const { cacheMisses } = database.metrics();
    const strange = ['', 'x', '\0', "' or 1=1 --", '../..', 'é'.repeat(50_000), '%00'];
    for (const text of strange) {
      expect(registry.findDevice(text)).toBeUndefined();
      expect(registry.findDeviceByCredentials('ACCESS_TOKEN', text)).toBeUndefined();
      expect(registry.listDevices(tenantId, { customerId: text, limit: 9 })).toEqual([]);
      expect(registry.findDeviceByName(text, 'One')).toBeUndefined();
      expect(registry.listRules(text)).toEqual([]);
      expect(registry.listPlugins(text)).toEqual([]);
      expect(registry.findCustomerSettings(text, undefined)).toEqual({ enabled: false, configuration: {} });
      expect(registry.findQuotas({ kind: 'tenant', id: text })).toEqual({});
    }
    expect(registry.findDeviceByName(tenantId, 'One\0')).toBeUndefined();
    expect(database.metrics().cacheMisses).toBe(cacheMisses);
    // The one that looks like a name is a question.
    expect(await registry.findDeviceByName(tenantId, "' or 1=1 --")).toBeUndefined();
  });

  test('SQL-14 evicts what a change makes untrue before it is announced, and little else', async () => {
    const { registry, tenantId, customerId, owner, device, plugin, asks } = await warmWorld();
    const evictedBy = async (change: () => unknown) => {
      await change();
      return misses(asks);
    };
    const created = { ...owner, name: 'Two', type: 'default' };
    expect(await evictedBy(() => registry.createDevice(created))).toEqual(['name', 'page']);
    expect(await evictedBy(() => registry.createDevice({ ...created, customerId: undefined }))).toEqual(['name']);
    expect(await evictedBy(() => registry.updateDevice(device.id, { type: 'other' }))).toEqual([
      'device',
      'credentials',
      'name',
      'page',
    ]);
    expect(await evictedBy(() => registry.revokeCredentials(device.id))).toEqual(['credentials']);
    const quotas = { messagesPerSecond: 5 };
    expect(await evictedBy(() => registry.putQuotas({ kind: 'customer', id: customerId }, quotas))).toEqual([
      'customerQuotas',
    ]);
    expect(await evictedBy(() => registry.setEnabledByDefault(plugin.id, false))).toEqual([
      'plugins',
      'settings',
      'default',
    ]);
    const settings = { enabled: true, configuration: {} };
    expect(await evictedBy(() => registry.putCustomerSettings(plugin.id, customerId, settings))).toEqual([
      'plugins',
      'settings',
    ]);
    expect(await evictedBy(() => registry.updatePlugin(plugin.id, { name: 'Other' }))).toEqual([
      'plugins',
      'settings',
      'default',
    ]);
    expect(await evictedBy(() => registry.deleteCustomer(customerId))).toEqual([
      'device',
      'name',
      'page',
      'plugins',
      'settings',
      'customerQuotas',
    ]);
    expect(await evictedBy(() => registry.updateTenant(tenantId, { title: 'Other' }))).toEqual([]);
    await registry.deleteTenant(tenantId);
    for (const name of ['device', 'credentials', 'name']) expect(await asks[name]!()).toBeUndefined();
    for (const name of ['page', 'rules', 'plugins']) expect(await asks[name]!()).toEqual([]);
  });

  test('SQL-14 forgets that nobody has a token when somebody gets it', async () => {
    const { registry, owner, device } = await warmWorld();
    const find = async (token: string) => registry.findDeviceByCredentials('ACCESS_TOKEN', digestOf(token));
    expect([await find('two'), await find('three')]).toEqual([undefined, undefined]);
    await registry.setCredentials(device.id, 'ACCESS_TOKEN', digestOf('two'));
    expect([(await find('two'))?.id, await find('one')]).toEqual([device.id, undefined]);
    const credentials = { type: 'ACCESS_TOKEN' as const, digest: digestOf('three') };
    const made = await registry.createDevice({ ...owner, name: 'Three', type: 'default' }, credentials);
    expect((await find('three'))?.id).toBe(made.id);
  });

  test('SQL-15 evicts what another node changed, of which it knows no more than the announcement says', async () => {
    const { registry, tenantId, customerId, device, plugin, asks } = await warmWorld();
    const changes: readonly (readonly [RegistryChange, readonly string[]])[] = [
      [{ kind: 'device', tenantId, deviceId: device.id, deleted: false }, ['device', 'credentials', 'name', 'page']],
      [{ kind: 'credentials', tenantId, deviceId: device.id }, ['credentials']],
      [{ kind: 'rules', tenantId }, ['rules']],
      [{ kind: 'plugin', tenantId, pluginId: plugin.id, deleted: false }, ['plugins', 'settings', 'default']],
      [{ kind: 'customer-settings', tenantId, pluginId: plugin.id, customerId }, ['plugins', 'settings']],
      [{ kind: 'quotas', tenantId, subject: { kind: 'tenant', id: tenantId } }, ['tenantQuotas']],
    ];
    for (const [change, expected] of changes) {
      database.evict(change);
      expect(await misses(asks)).toEqual(expected);
    }
    database.evictAll();
    expect(await misses(asks)).toHaveLength(Object.keys(asks).length);
    expect(await registry.findDevice(device.id)).toEqual(device);
  });

  test('SQL-16 tells what was changed since a version, or that it was more than is remembered', async () => {
    const { version: start } = await database.changesSince(undefined);
    expect(start).toBe(0);
    const { registry, tenantId, device } = await warmWorld();
    const { version, changes } = await database.changesSince(start);
    expect(changes?.map(({ kind }) => kind)).toEqual(['device', 'plugin']);
    await registry.revokeCredentials(device.id);
    expect(await database.changesSince(version)).toEqual({
      version: version + 1,
      changes: [{ kind: 'credentials', tenantId, deviceId: device.id }],
    });
    expect(await database.changesSince(version + 1)).toEqual({ version: version + 1, changes: [] });
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) =>
        registry.createDevice({ tenantId, customerId: undefined, type: 'default', name: `n${index}` }),
      ),
    );
    expect((await database.changesSince(version + 1)).changes).toBeUndefined();
    expect((await database.changesSince(version + 1_000)).changes).toBeUndefined();
  });
});
