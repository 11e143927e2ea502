import assert from 'node:assert/strict';
import type { ContractRule } from '../contract/contract-rule.js';
import {
  anyDevice,
  assertRefused,
  digestOf,
  listNames,
  newCustomer,
  newDevice,
  newPlugin,
  newRule,
  tenantWithCustomer,
  type Registry,
} from './registry-rows.js';

/** Plugins, rules, what a tenant says of its customers, and what goes with a tenant or customer. */
export const TENANT_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-17',
    title: 'keeps a plugin’s token unique in its tenant, not beyond',
    async run(registry) {
      const one = await registry.createTenant({ title: 'One' });
      const other = await registry.createTenant({ title: 'Other' });
      await newPlugin(registry, one.id, { apiToken: 'messaging' });
      await assertRefused('ALREADY_EXISTS', () => newPlugin(registry, one.id, { apiToken: 'messaging' }));
      assert.equal((await newPlugin(registry, other.id, { apiToken: 'messaging' })).apiToken, 'messaging');
      assert.equal((await registry.listPlugins(one.id)).length, 1);
    },
  },
  {
    rule: 'REG-18',
    title: 'deletes no plugin that a rule of its tenant names: IN_USE',
    async run(registry) {
      const { id: tenantId } = await registry.createTenant({ title: 'Tenant' });
      const other = await registry.createTenant({ title: 'Other' });
      const plugin = await newPlugin(registry, tenantId, { apiToken: 'named' });
      const rule = await newRule(registry, tenantId, { pluginToken: 'named' });
      await newRule(registry, other.id, { pluginToken: 'named' });
      await assertRefused('IN_USE', () => registry.deletePlugin(plugin.id));
      assert.equal((await registry.listRules(tenantId)).length, 1);
      await registry.updateRule(rule.id, { pluginToken: 'another' });
      await registry.deletePlugin(plugin.id);
      assert.deepEqual(await registry.listPlugins(tenantId), []);
    },
  },
  {
    rule: 'REG-19',
    title: 'answers what was set for a customer, else the plugin’s default, which is enabled at first',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const { id } = await newPlugin(registry, tenant.id);
      const neighbour = await newCustomer(registry, tenant.id);
      assert.deepEqual(await registry.findCustomerSettings(id, customer.id), { enabled: true, configuration: {} });
      const settings = { enabled: true, configuration: { limit: 5 } };
      await registry.putCustomerSettings(id, customer.id, settings);
      await registry.setEnabledByDefault(id, false);
      assert.deepEqual(await registry.findCustomerSettings(id, customer.id), settings);
      assert.deepEqual(await registry.findCustomerSettings(id, neighbour.id), { enabled: false, configuration: {} });
      assert.deepEqual(await registry.findCustomerSettings(id, undefined), { enabled: false, configuration: {} });
      assert.deepEqual([...(await registry.findEnablement(id))!.customers], [[customer.id, settings]]);
      await registry.deleteCustomerSettings(id, customer.id);
      assert.equal((await registry.findCustomerSettings(id, customer.id)).enabled, false);
      assert.equal((await registry.findEnablement(id))?.customers.size, 0);
    },
  },
  {
    rule: 'REG-20',
    title: 'leaves the devices of a deleted customer unassigned and forgets what was set for it',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const owner = { tenantId: tenant.id, customerId: customer.id };
      const device = await newDevice(registry, owner);
      const plugin = await newPlugin(registry, tenant.id);
      await registry.putCustomerSettings(plugin.id, customer.id, { enabled: false, configuration: {} });
      await registry.deleteCustomer(customer.id);
      const row = await registry.findDevice(device.id);
      assert.deepEqual([row?.id, row?.customerId], [device.id, undefined]);
      assert.deepEqual(await listNames(registry, owner), []);
      assert.equal((await registry.findEnablement(plugin.id))?.customers.size, 0);
    },
  },
  {
    rule: 'REG-22',
    title: 'deletes a tenant with all it has, and nothing of others',
    async run(registry) {
      const device = await anyDevice(registry);
      const { tenantId } = device;
      const unassigned = await newDevice(registry, { tenantId });
      await registry.setCredentials(device.id, 'ACCESS_TOKEN', digestOf('one'));
      const plugin = await newPlugin(registry, tenantId);
      await newRule(registry, tenantId);
      const other = await anyDevice(registry);
      await registry.deleteTenant(tenantId);
      assert.equal(await registry.findDevice(device.id), undefined);
      assert.equal(await registry.findDevice(unassigned.id), undefined);
      assert.equal(await registry.findDeviceByCredentials('ACCESS_TOKEN', digestOf('one')), undefined);
      assert.deepEqual([await registry.listPlugins(tenantId), await registry.listRules(tenantId)], [[], []]);
      await assertRefused('NOT_FOUND', () => registry.updatePlugin(plugin.id, {}));
      await assertRefused('NOT_FOUND', () => registry.deleteCustomer(device.customerId ?? ''));
      assert.equal((await registry.findDevice(other.id))?.id, other.id);
    },
  },
  {
    rule: 'REG-24',
    title: 'gives plugins and rules back as they were put, and changes of them only what a change names',
    async run(registry) {
      const { id: tenantId } = await registry.createTenant({ title: 'Tenant' });
      const plugin = await newPlugin(registry, tenantId, { configuration: { a: [1, { b: null }], c: 'é' } });
      const rule = await newRule(registry, tenantId);
      assert.deepEqual(await registry.listPlugins(tenantId), [plugin]);
      assert.deepEqual(await registry.listRules(tenantId), [rule]);
      const suspended = await registry.updatePlugin(plugin.id, { state: 'SUSPENDED' });
      assert.deepEqual(suspended, { ...plugin, state: 'SUSPENDED', version: suspended.version });
      const processor = { name: 'Adds', clazz: 'adds', configuration: { what: 1 } };
      const changed = await registry.updateRule(rule.id, { weight: 3, processor });
      assert.deepEqual(changed, { ...rule, weight: 3, processor, version: changed.version });
      const back = await registry.updateRule(rule.id, { processor: undefined });
      assert.deepEqual(back, { ...rule, weight: 3, version: back.version });
      assert.deepEqual(await registry.listPlugins(tenantId), [suspended]);
      assert.deepEqual(await registry.listRules(tenantId), [back]);
    },
  },
];
