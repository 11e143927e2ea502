import assert from 'node:assert/strict';
import type { ContractRule } from '../contract/contract-rule.js';
import {
  assertRefused,
  changesDuring,
  newDevice,
  newPlugin,
  newRule,
  tenantWithCustomer,
  type Registry,
} from './registry-rows.js';

/** Rows by id, and what becomes of them. */
export const UPDATE_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-32',
    title: 'finds tenants, customers, devices, plugins and rules by id, as they are now, until they are deleted',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const device = await newDevice(registry, { tenantId: tenant.id, customerId: customer.id });
      const plugin = await newPlugin(registry, tenant.id);
      const rule = await newRule(registry, tenant.id);
      const findAll = async () => [
        await registry.findTenant(tenant.id),
        await registry.findCustomer(customer.id),
        await registry.findDeviceRow(device.id),
        await registry.findPlugin(plugin.id),
        await registry.findRule(rule.id),
      ];
      const found = await findAll();
      assert.deepEqual(found, [tenant, customer, device, plugin, rule]);
      assert.ok(found.every(Object.isFrozen), 'a row is not frozen');
      const changed = [
        await registry.updateTenant(tenant.id, { title: 'Next' }),
        await registry.updateCustomer(customer.id, { title: 'Next' }),
        await registry.updateDevice(device.id, { name: 'Next' }),
        await registry.updatePlugin(plugin.id, { name: 'Next' }),
        await registry.updateRule(rule.id, { name: 'Next' }),
      ];
      assert.deepEqual(await findAll(), changed);
      await registry.deleteRule(rule.id);
      await registry.deletePlugin(plugin.id);
      await registry.deleteDevice(device.id);
      await registry.deleteCustomer(customer.id);
      await registry.deleteTenant(tenant.id);
      assert.deepEqual(await findAll(), Array(5).fill(undefined));
    },
  },
  {
    rule: 'REG-33',
    title: 'changes titles, names and types, of a row only what the change names, and refuses empty ones as INVALID',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const owner = { tenantId: tenant.id, customerId: customer.id };
      const device = await newDevice(registry, owner, { name: 'lamp', type: 'light' });
      const plugin = await newPlugin(registry, tenant.id);
      const heard = await changesDuring(registry, async () => {
        await assertRefused('INVALID', () => registry.createTenant({ title: '' }));
        await assertRefused('INVALID', () => registry.createCustomer({ tenantId: tenant.id, title: '' }));
        await assertRefused('INVALID', () => newDevice(registry, owner, { name: '' }));
        await assertRefused('INVALID', () => newDevice(registry, owner, { type: '' }));
        await assertRefused('INVALID', () => registry.updateTenant(tenant.id, { title: '' }));
        await assertRefused('INVALID', () => registry.updateCustomer(customer.id, { title: '' }));
        await assertRefused('INVALID', () => registry.updateDevice(device.id, { name: '', type: 'other' }));
        await assertRefused('INVALID', () => registry.updatePlugin(plugin.id, { name: '' }));
      });
      assert.deepEqual(heard, []);
      assert.deepEqual(await registry.findDeviceRow(device.id), device);
      const renamed = await registry.updateDevice(device.id, { name: 'Lamp' });
      assert.deepEqual(renamed, { ...device, name: 'Lamp', version: renamed.version });
      const retyped = await registry.updateDevice(device.id, { type: 'torch' });
      assert.deepEqual(retyped, { ...renamed, type: 'torch', version: retyped.version });
      assert.deepEqual(await registry.findDeviceRow(device.id), retyped);
      const titled = await registry.updateCustomer(customer.id, { title: 'Next' });
      assert.deepEqual(titled, { ...customer, title: 'Next', version: titled.version });
    },
  },
  {
    rule: 'REG-34',
    title: 'finds a renamed device by its new name alone, and announces that it changed',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const owner = { tenantId: tenant.id, customerId: customer.id };
      const find = async (name: string) => (await registry.findDeviceByName(tenant.id, name))?.id;
      const [one, other] = [await newDevice(registry, owner, { name: 'one' }), await newDevice(registry, owner)];
      const heard = await changesDuring(registry, () => registry.updateDevice(one.id, { name: 'two' }));
      assert.deepEqual(heard, [{ kind: 'device', tenantId: tenant.id, deviceId: one.id, deleted: false }]);
      assert.deepEqual([await find('one'), await find('two')], [undefined, one.id]);
      await registry.updateDevice(other.id, { name: 'two' });
      assert.deepEqual([await find('two'), await find(other.name)], [undefined, undefined]);
      await registry.updateDevice(one.id, { name: 'one' });
      assert.deepEqual([await find('one'), await find('two')], [one.id, other.id]);
      await registry.deleteDevice(one.id);
      assert.deepEqual([await find('one'), await find('two')], [undefined, other.id]);
    },
  },
  {
    rule: 'REG-40',
    title: 'audits no calls through a plugin until it is told to',
    async run(registry) {
      const { id: tenantId } = await registry.createTenant({ title: 'Tenant' });
      const plugin = await newPlugin(registry, tenantId);
      assert.equal(plugin.audit, 'none');
      const audited = await registry.updatePlugin(plugin.id, { audit: 'messages' });
      assert.equal(audited.audit, 'messages');
      const renamed = await registry.updatePlugin(plugin.id, { name: 'Next' });
      assert.equal(renamed.audit, 'messages');
      assert.deepEqual(await registry.listPlugins(tenantId), [renamed]);
      assert.equal((await newPlugin(registry, tenantId, { audit: 'messages' })).audit, 'messages');
    },
  },
];
