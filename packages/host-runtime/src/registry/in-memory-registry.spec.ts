import { RegistryError, type RegistryChange, type Settings } from '@device-messaging/host-api';
import { describe, expect, test } from '@jest/globals';
import { InMemoryRegistry } from './in-memory-registry.js';

const DIGEST = 'ab'.repeat(32);

function withCustomer(registry = new InMemoryRegistry({ now: () => 1_000 })) {
  const tenant = registry.createTenant({ title: 'Tenant' });
  const customer = registry.createCustomer({ tenantId: tenant.id, title: 'Customer' });
  const owner = { tenantId: tenant.id, customerId: customer.id };
  const device = registry.createDevice({ ...owner, name: 'Device', type: 'default' });
  return { registry, tenant, customer, owner, device };
}

function withPlugin() {
  const world = withCustomer();
  const plugin = world.registry.createPlugin({
    tenantId: world.tenant.id,
    name: 'Messages',
    apiToken: 'messaging',
    clazz: 'device-messaging',
    state: 'ACTIVE',
    configuration: {},
  });
  return { ...world, plugin };
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof RegistryError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'not refused';
}

describe('InMemoryRegistry', () => {
  test('stamps new rows by its clock', () => {
    expect(withCustomer().device.createdAt).toBe(1_000);
    const before = Date.now();
    const { createdAt } = withCustomer(new InMemoryRegistry()).device;
    expect(createdAt).toBeGreaterThanOrEqual(before);
    expect(createdAt).toBeLessThanOrEqual(Date.now());
  });

  test('takes ids in any case', () => {
    const { registry, tenant, customer, device, plugin } = withPlugin();
    const younger = registry.createDevice({
      tenantId: tenant.id.toUpperCase(),
      customerId: customer.id.toUpperCase(),
      name: 'Younger',
      type: 'default',
    });
    expect([younger.tenantId, younger.customerId]).toEqual([tenant.id, customer.id]);
    const [tenantId, customerId] = [tenant.id.toUpperCase(), customer.id.toUpperCase()];
    expect(registry.findDevice(device.id.toUpperCase())).toBe(device);
    const query = { customerId, limit: 10, after: device.id.toUpperCase() };
    expect(registry.listDevices(tenantId, query)).toEqual([younger]);
    expect(registry.listDevices(tenantId, { ...query, except: younger.id.toUpperCase() })).toEqual([]);
    expect(registry.listPlugins(tenantId)).toEqual([plugin]);
    registry.putCustomerSettings(plugin.id.toUpperCase(), customerId, { enabled: false, configuration: {} });
    expect(registry.findCustomerSettings(plugin.id.toUpperCase(), customerId).enabled).toBe(false);
    registry.deleteCustomerSettings(plugin.id.toUpperCase(), customerId);
    expect(registry.findCustomerSettings(plugin.id, customer.id).enabled).toBe(true);
    const filter = { customerId, limit: 10, after: device.id.toUpperCase() };
    expect(registry.listDeviceRows(tenantId, filter)).toEqual([younger]);
    expect(registry.listCustomers(tenantId, { limit: 10 })).toEqual([customer]);
    expect(registry.findTenant(tenantId)).toBe(tenant);
    expect(registry.findCustomer(customerId)).toBe(customer);
    expect(registry.findPlugin(plugin.id.toUpperCase())?.id).toBe(plugin.id);
    registry.putQuotas({ kind: 'customer', id: customerId }, { devices: 2 });
    expect(registry.findQuotas({ kind: 'customer', id: customerId })).toEqual({ devices: 2 });
    expect(registry.findQuotas({ kind: 'customer', id: customer.id })).toEqual({ devices: 2 });
    registry.assignDevice(device.id.toUpperCase(), undefined);
    registry.deleteDevice(device.id.toUpperCase());
    registry.deleteCustomer(customerId);
    registry.deleteTenant(tenantId);
    expect(registry.findDevice(younger.id)).toBeUndefined();
  });

  test('announces nothing when nothing changes', () => {
    const { registry, customer, device, plugin } = withPlugin();
    const row = registry.setCredentials(device.id, 'ACCESS_TOKEN', DIGEST);
    const changes: RegistryChange[] = [];
    registry.changes.subscribe((change) => changes.push(change));
    expect(registry.assignDevice(device.id, customer.id)).toBe(row);
    expect(registry.setCredentials(device.id, 'ACCESS_TOKEN', DIGEST)).toBe(row);
    registry.deleteCustomerSettings(plugin.id, customer.id);
    expect(changes).toEqual([]);
  });

  test('knows no settings of an unknown plugin: it is not enabled', () => {
    const { registry, customer, device } = withCustomer();
    expect(registry.findCustomerSettings(device.id, customer.id)).toEqual({ enabled: false, configuration: {} });
  });

  test('says what it refuses, and why', () => {
    const { registry, tenant, owner, device, plugin } = withPlugin();
    const nobody = '00000000-0000-4000-8000-000000000000';
    const row = { ...owner, name: 'Device', type: 'default' };
    const second = { ...plugin, id: nobody };
    const rule = { name: 'All', state: 'ACTIVE', pluginToken: 'messaging', filters: [], processor: undefined } as const;
    const action = { name: 'Call', clazz: 'rpc', configuration: {} };
    registry.createRule({ ...rule, tenantId: tenant.id, weight: 0, action });
    const other = registry.createDevice(row);
    registry.setCredentials(other.id, 'ACCESS_TOKEN', DIGEST);
    const free = registry.createTenant({ title: 'Free' });
    const refusals = [
      () => registry.createDevice({ ...row, id: 'A1' }),
      () => registry.createDevice({ ...row, id: device.id }),
      () => registry.createDevice({ ...row, name: '' }),
      () => registry.createDevice({ ...row, createdAt: 1.5 }),
      () => registry.createDevice({ ...row, customerId: nobody }),
      () => registry.deleteDevice(nobody),
      () => registry.setCredentials(device.id, 'ACCESS_TOKEN', 'A1_TEST_TOKEN'),
      () => registry.setCredentials(device.id, 'ACCESS_TOKEN', DIGEST),
      () => registry.createPlugin(second),
      () => registry.deletePlugin(plugin.id),
      () => registry.createRule({ ...rule, tenantId: tenant.id, weight: Number.NaN, action }),
      () => registry.updateTenant(free.id, { title: 'Next' }, { ifVersion: 2 }),
      () => {
        registry.putQuotas({ kind: 'tenant', id: tenant.id }, { devices: 1 });
        registry.createDevice(row);
      },
      () => registry.putQuotas({ kind: 'tenant', id: free.id }, { connections: 0.5 }),
      () => registry.putQuotas({ kind: 'tenant', id: free.id }, { messagesPerSecond: Infinity }),
      () => registry.putQuotas({ kind: 'device', id: device.id }, { devices: 1 }),
    ].map(refusal);
    expect(refusals).toEqual([
      'INVALID: The id of a device must be a UUID; "A1" is none',
      `ALREADY_EXISTS: A device with the id ${device.id} exists already`,
      "INVALID: The device's name must not be empty",
      'INVALID: createdAt must be whole milliseconds since 1970; 1.5 is not',
      `NOT_FOUND: There is no customer ${nobody} in the tenant ${tenant.id}`,
      `NOT_FOUND: There is no device ${nobody}`,
      'INVALID: The digest of credentials must be a SHA-256 in lower-case hex (64 characters)',
      'ALREADY_EXISTS: Another device has these credentials: each device needs its own',
      'ALREADY_EXISTS: The plugin "Messages" has the token "messaging" already: choose another',
      'IN_USE: The rule "All" names the plugin "Messages" by its token "messaging": delete or change the rule first',
      'INVALID: The weight of the rule "All" must be a number; it is NaN',
      `STALE: The tenant ${free.id} was changed since it was read: its version is 1, not 2`,
      `OVER_QUOTA: The tenant ${tenant.id} may have no more than 1 device: raise its quota, or delete devices`,
      'INVALID: The quota connections must be a whole number, 0 or more; it is 0.5',
      'INVALID: The quota messagesPerSecond must be a number, 0 or more; it is Infinity',
      'INVALID: A device has no devices: leave that quota out',
    ]);
  });

  test.each<[string, Settings, string]>([
    ['a date', { since: new Date(0) }, 'configuration.since must be JSON; a Date is not'],
    ['a function', { nested: [{ run: () => 1 }] }, 'configuration.nested[0].run must be JSON; a function is not'],
    ['no number', { limit: Number.NaN }, 'configuration.limit must be JSON; NaN is not'],
  ])('takes no settings with %s in them', (_name, configuration, message) => {
    const { registry, plugin } = withPlugin();
    expect(refusal(() => registry.updatePlugin(plugin.id, { configuration }))).toBe(`INVALID: ${message}`);
  });

  test('keeps a member of settings named __proto__ as what it is', () => {
    const { registry, tenant, plugin } = withPlugin();
    registry.updatePlugin(plugin.id, { configuration: JSON.parse('{"__proto__":{"enabled":true}}') as Settings });
    const [stored] = registry.listPlugins(tenant.id);
    expect(JSON.stringify(stored?.configuration)).toBe('{"__proto__":{"enabled":true}}');
    expect((stored?.configuration as { enabled?: boolean }).enabled).toBeUndefined();
  });

  test('finds a page anywhere in a large customer without a walk to it', () => {
    const { registry, owner, device } = withCustomer();
    const ids = Array.from({ length: 20_000 }, () => registry.createDevice({ ...owner, name: 'n', type: 't' }).id);
    // Every row from the start on, page by page: with a walk per page this would take 20 million steps.
    const seen: string[] = [];
    for (let after = device.id; ;) {
      const page = registry.listDevices(owner.tenantId, { customerId: owner.customerId, limit: 20, after });
      expect(registry.listDeviceRows(owner.tenantId, { limit: 20, after })).toEqual(page);
      const last = page.at(-1);
      if (last === undefined) break;
      seen.push(...page.map(({ id }) => id));
      after = last.id;
    }
    expect(seen).toEqual(ids);
  });
});
