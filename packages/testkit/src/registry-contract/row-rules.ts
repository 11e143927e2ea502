import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ContractRule } from '../contract/contract-rule.js';
import {
  anyDevice,
  assertRefused,
  newCustomer,
  newDevice,
  newPlugin,
  newRule,
  tenantWithCustomer,
  type Registry,
} from './registry-rows.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const SETTINGS = { enabled: true, configuration: {} };

/** What holds for every row. */
export const ROW_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-1',
    title: 'gives every new row a UUID, or takes the given one in lower case',
    async run(registry) {
      const ids = Array.from({ length: 6 }, () => randomUUID());
      const [tenantId, customerId, deviceId, pluginId, ruleId] = ids.map((id) => id.toUpperCase());
      const tenant = await registry.createTenant({ id: tenantId!, title: 'Tenant' });
      const customer = await registry.createCustomer({ id: customerId!, tenantId: tenant.id, title: 'Customer' });
      const owner = { tenantId: tenant.id, customerId: customer.id };
      const device = await newDevice(registry, owner, { id: deviceId! });
      const plugin = await newPlugin(registry, tenant.id, { id: pluginId! });
      const rule = await newRule(registry, tenant.id, { id: ruleId! });
      assert.deepEqual([tenant.id, customer.id, device.id, plugin.id, rule.id], ids.slice(0, 5));
      assert.equal((await registry.findDevice(ids[2]!))?.id, ids[2]);
      const generated = [await newDevice(registry, owner), await newDevice(registry, owner)].map(({ id }) => id);
      assert.match(generated[0]!, UUID);
      assert.notEqual(generated[0], generated[1]);
    },
  },
  {
    rule: 'REG-2',
    title: 'hands out frozen rows that a later change does not touch, and keeps nothing of the caller’s',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const { id } = await newDevice(registry, { tenantId: tenant.id, customerId: customer.id });
      const before = await registry.findDevice(id);
      await registry.assignDevice(id, undefined);
      assert.equal(before?.customerId, customer.id, 'a row changed while it was held');
      assert.ok(Object.isFrozen(before), 'a row is not frozen');
      const configuration = { nested: { limit: 3 } };
      await newPlugin(registry, tenant.id, { configuration });
      configuration.nested.limit = 4;
      const [plugin] = await registry.listPlugins(tenant.id);
      assert.deepEqual(plugin?.configuration, { nested: { limit: 3 } });
      assert.ok(Object.isFrozen(plugin?.configuration['nested']), 'settings are not frozen');
    },
  },
  {
    rule: 'REG-23',
    title: 'refuses what does not exist as NOT_FOUND and a second row of one id as ALREADY_EXISTS',
    async run(registry) {
      const nobody = randomUUID();
      const device = await anyDevice(registry);
      const plugin = await newPlugin(registry, device.tenantId);
      await assertRefused('NOT_FOUND', () => registry.deleteTenant(nobody));
      await assertRefused('NOT_FOUND', () => newCustomer(registry, nobody));
      await assertRefused('NOT_FOUND', () => newDevice(registry, { tenantId: nobody }));
      await assertRefused('NOT_FOUND', () => newRule(registry, nobody));
      await assertRefused('NOT_FOUND', () => registry.deleteCustomer(nobody));
      await assertRefused('NOT_FOUND', () => registry.deleteDevice(nobody));
      await assertRefused('NOT_FOUND', () => registry.assignDevice(nobody, undefined));
      await assertRefused('NOT_FOUND', () => registry.revokeCredentials(nobody));
      await assertRefused('NOT_FOUND', () => registry.updatePlugin(nobody, {}));
      await assertRefused('NOT_FOUND', () => registry.setEnabledByDefault(nobody, true));
      await assertRefused('NOT_FOUND', () => registry.putCustomerSettings(nobody, nobody, SETTINGS));
      await assertRefused('NOT_FOUND', () => registry.updateRule(nobody, {}));
      await assertRefused('NOT_FOUND', () => registry.deleteRule(nobody));
      await assertRefused('ALREADY_EXISTS', () => newDevice(registry, device, { id: device.id }));
      await assertRefused('ALREADY_EXISTS', () => newPlugin(registry, device.tenantId, { id: plugin.id }));
    },
  },
];
