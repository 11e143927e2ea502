import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ContractRule } from '../contract/contract-rule.js';
import {
  anyDevice,
  assertRefused,
  changesDuring,
  digestOf,
  newCustomer,
  newDevice,
  newPlugin,
  newRule,
  tenantWithCustomer,
  type Registry,
} from './registry-rows.js';

/** Of every kind of row one. */
async function oneOfEach(registry: Registry) {
  const { tenant, customer } = await tenantWithCustomer(registry);
  const device = await newDevice(registry, { tenantId: tenant.id, customerId: customer.id });
  const plugin = await newPlugin(registry, tenant.id);
  return { tenant, customer, device, plugin, rule: await newRule(registry, tenant.id) };
}

type Rows = Awaited<ReturnType<typeof oneOfEach>>;

/** The rows as the registry has them now. */
async function readAgain(registry: Registry, rows: Rows) {
  return [
    await registry.findTenant(rows.tenant.id),
    await registry.findCustomer(rows.customer.id),
    await registry.findDeviceRow(rows.device.id),
    await registry.findPlugin(rows.plugin.id),
    await registry.findRule(rows.rule.id),
  ];
}

/** Versions of rows, and who may change them. */
export const VERSION_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-26',
    title: 'makes every row as version 1 of its time, the given one or now, and counts each change of it',
    async run(registry) {
      const createdAt = Date.UTC(2017, 0, 1);
      const tenant = await registry.createTenant({ title: 'Tenant', createdAt });
      const customer = await registry.createCustomer({ tenantId: tenant.id, title: 'Customer', createdAt });
      const owner = { tenantId: tenant.id, customerId: customer.id };
      const device = await newDevice(registry, owner, { createdAt });
      const plugin = await newPlugin(registry, tenant.id, { createdAt });
      const rule = await newRule(registry, tenant.id, { createdAt });
      const made = [tenant, customer, device, plugin, rule];
      assert.deepEqual(new Set(made.map((row) => `${row.version} ${row.createdAt}`)), new Set([`1 ${createdAt}`]));
      const changed = [
        await registry.updateTenant(tenant.id, { title: 'Next' }),
        await registry.updateCustomer(customer.id, { title: 'Next' }),
        await registry.updateDevice(device.id, { name: 'Next' }),
        await registry.updatePlugin(plugin.id, { name: 'Next' }),
        await registry.updateRule(rule.id, { name: 'Next' }),
      ];
      assert.deepEqual(new Set(changed.map((row) => `${row.version} ${row.createdAt}`)), new Set([`2 ${createdAt}`]));
      assert.equal((await registry.assignDevice(device.id, undefined)).version, 3);
      assert.equal((await registry.assignDevice(device.id, customer.id)).version, 4);
      await registry.deleteCustomer(customer.id);
      assert.equal((await registry.findDeviceRow(device.id))?.version, 5, 'the device lost its customer');
      const now = (await newDevice(registry, { tenantId: tenant.id })).createdAt;
      assert.ok(Number.isSafeInteger(now) && now > createdAt, `created at ${now}`);
    },
  },
  {
    rule: 'REG-27',
    title: 'keeps the version at a change that changes nothing, and announces nothing',
    async run(registry) {
      const rows = await oneOfEach(registry);
      const { tenant, customer, device, plugin, rule } = rows;
      const settings = { enabled: true, configuration: { a: { b: [1] } } };
      await registry.putCustomerSettings(plugin.id, customer.id, settings);
      await registry.putQuotas({ kind: 'device', id: device.id }, { connections: 1 });
      await registry.setCredentials(device.id, 'ACCESS_TOKEN', digestOf('one'));
      const before = await readAgain(registry, rows);
      const same: { readonly version: number }[] = [];
      const heard = await changesDuring(registry, async () => {
        same.push(await registry.updateTenant(tenant.id, { title: tenant.title }));
        same.push(await registry.updateCustomer(customer.id, {}));
        same.push(await registry.updateDevice(device.id, { name: device.name, type: device.type }));
        same.push(await registry.assignDevice(device.id, customer.id));
        const { name, state, audit } = plugin;
        same.push(await registry.updatePlugin(plugin.id, { name, state, audit, configuration: { limit: 3 } }));
        same.push(await registry.updateRule(rule.id, { weight: rule.weight, filters: [...rule.filters] }));
        await registry.setEnabledByDefault(plugin.id, true);
        await registry.putCustomerSettings(plugin.id, customer.id, { enabled: true, configuration: { a: { b: [1] } } });
        await registry.deleteCustomerSettings(plugin.id, (await newCustomer(registry, tenant.id)).id);
        await registry.putQuotas({ kind: 'device', id: device.id }, { connections: 1 });
        await registry.putQuotas({ kind: 'tenant', id: tenant.id }, {});
        await registry.setCredentials(device.id, 'ACCESS_TOKEN', digestOf('one'));
      });
      const [tenantNow, customerNow, deviceNow, pluginNow, ruleNow] = before;
      assert.deepEqual(same, [tenantNow, customerNow, deviceNow, deviceNow, pluginNow, ruleNow]);
      assert.deepEqual(await readAgain(registry, rows), before);
      assert.deepEqual(heard, []);
    },
  },
  {
    rule: 'REG-28',
    title: 'refuses as STALE to change or delete a row that was changed since; changes and announces nothing then',
    async run(registry) {
      const rows = await oneOfEach(registry);
      const { tenant, customer, device, plugin, rule } = rows;
      const [known, stale] = [{ ifVersion: 1 }, { ifVersion: 7 }];
      const another = await newCustomer(registry, tenant.id);
      const heard = await changesDuring(registry, async () => {
        await assertRefused('STALE', () => registry.updateTenant(tenant.id, { title: 'Next' }, stale));
        await assertRefused('STALE', () => registry.updateCustomer(customer.id, { title: 'Next' }, stale));
        await assertRefused('STALE', () => registry.updateDevice(device.id, { name: 'Next' }, stale));
        await assertRefused('STALE', () => registry.assignDevice(device.id, another.id, stale));
        await assertRefused('STALE', () => registry.updatePlugin(plugin.id, { name: 'Next' }, stale));
        await assertRefused('STALE', () => registry.updateRule(rule.id, { name: 'Next' }, stale));
        await assertRefused('STALE', () => registry.updateRule(rule.id, {}, stale));
        await assertRefused('STALE', () => registry.deleteRule(rule.id, stale));
        await assertRefused('STALE', () => registry.deletePlugin(plugin.id, stale));
        await assertRefused('STALE', () => registry.deleteDevice(device.id, stale));
        await assertRefused('STALE', () => registry.deleteCustomer(customer.id, stale));
        await assertRefused('STALE', () => registry.deleteTenant(tenant.id, stale));
        await assertRefused('NOT_FOUND', () => registry.updateDevice(randomUUID(), { name: 'Next' }, stale));
      });
      assert.deepEqual(heard, []);
      assert.deepEqual(await readAgain(registry, rows), Object.values(rows));
      assert.equal((await registry.updateDevice(device.id, { name: 'Next' }, known)).name, 'Next');
      await assertRefused('STALE', () => registry.updateDevice(device.id, { name: 'Last' }, known));
      assert.equal((await registry.assignDevice(device.id, another.id, { ifVersion: 2 })).customerId, another.id);
      await registry.updateTenant(tenant.id, { title: 'Next' }, known);
      await registry.updateCustomer(customer.id, { title: 'Next' }, known);
      await registry.deleteRule(rule.id, known);
      await registry.deletePlugin(plugin.id, known);
      await registry.deleteDevice(device.id, { ifVersion: 3 });
      await registry.deleteCustomer(customer.id, { ifVersion: 2 });
      await registry.deleteTenant(tenant.id, { ifVersion: 2 });
      assert.deepEqual(await readAgain(registry, rows), Array(5).fill(undefined));
    },
  },
  {
    rule: 'REG-42',
    title: 'takes of a change only what may change: nobody moves a row to another tenant',
    async run(registry) {
      const rows = await oneOfEach(registry);
      const { tenant, customer, device, plugin, rule } = rows;
      const foreign = await anyDevice(registry);
      const id = randomUUID();
      // What an administrators' interface would hand through if it did not look.
      const loot = { id, tenantId: foreign.tenantId, customerId: foreign.customerId, version: 9, createdAt: 0 };
      const changed = [
        await registry.updateTenant(tenant.id, { ...loot, title: 'Next' }),
        await registry.updateCustomer(customer.id, { ...loot, title: 'Next' }),
        await registry.updateDevice(device.id, { ...loot, name: 'Next' }),
        await registry.updatePlugin(plugin.id, { ...loot, apiToken: 'taken', clazz: 'other', name: 'Next' } as object),
        await registry.updateRule(rule.id, { ...loot, name: 'Next' }),
      ];
      const expected = [
        { ...tenant, title: 'Next', version: 2 },
        { ...customer, title: 'Next', version: 2 },
        { ...device, name: 'Next', version: 2 },
        { ...plugin, name: 'Next', version: 2 },
        { ...rule, name: 'Next', version: 2 },
      ];
      assert.deepEqual(changed, expected);
      assert.deepEqual(await readAgain(registry, rows), expected);
    },
  },
];
