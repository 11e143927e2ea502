import type { RegistryChange } from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { config } from 'rxjs';
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

/** What is read in the moment in which each change is announced. */
async function readsAtChanges<T>(registry: Registry, read: () => Awaitable<T>, change: () => Awaitable<unknown>) {
  const reads: Awaitable<T>[] = [];
  const subscription = registry.changes.subscribe(() => reads.push(read()));
  try {
    await change();
    return await Promise.all(reads);
  } finally {
    subscription.unsubscribe();
  }
}

/** What is announced, and when. */
export const CHANGE_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-3',
    title: 'announces a change when it has taken effect: whoever hears of it reads the new state',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const { id } = await newDevice(registry, { tenantId: tenant.id });
      const plugin = await newPlugin(registry, tenant.id);
      const assigned = await readsAtChanges(
        registry,
        () => registry.findDevice(id),
        () => registry.assignDevice(id, customer.id),
      );
      assert.deepEqual(new Set(assigned.map((row) => row?.customerId)), new Set([customer.id]));
      const settings = await readsAtChanges(
        registry,
        () => registry.findCustomerSettings(plugin.id, undefined),
        () => registry.setEnabledByDefault(plugin.id, false),
      );
      assert.equal(settings[0]?.enabled, false);
      const rules = await readsAtChanges(
        registry,
        () => registry.listRules(tenant.id),
        () => newRule(registry, tenant.id),
      );
      assert.equal(rules[0]?.length, 1);
      const deleted = await readsAtChanges(
        registry,
        () => registry.findDevice(id),
        () => registry.deleteDevice(id),
      );
      assert.deepEqual(new Set(deleted), new Set([undefined]));
    },
  },
  {
    rule: 'REG-4',
    title: 'announces every change once, by the time its method returns, in order, saying what changed',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const tenantId = tenant.id;
      const expected: RegistryChange[] = [];
      const heard = await changesDuring(registry, async () => {
        const { id: deviceId } = await newDevice(registry, { tenantId });
        await registry.assignDevice(deviceId, customer.id);
        await registry.setCredentials(deviceId, 'ACCESS_TOKEN', digestOf('one'));
        await registry.revokeCredentials(deviceId);
        expected.push({ kind: 'device', tenantId, deviceId, deleted: false });
        expected.push({ kind: 'device', tenantId, deviceId, deleted: false });
        expected.push({ kind: 'credentials', tenantId, deviceId }, { kind: 'credentials', tenantId, deviceId });
        const { id: pluginId } = await newPlugin(registry, tenantId);
        await registry.updatePlugin(pluginId, { state: 'SUSPENDED' });
        await registry.setEnabledByDefault(pluginId, false);
        await registry.putCustomerSettings(pluginId, customer.id, { enabled: true, configuration: {} });
        await registry.deleteCustomerSettings(pluginId, customer.id);
        await registry.deletePlugin(pluginId);
        expected.push({ kind: 'plugin', tenantId, pluginId, deleted: false });
        expected.push({ kind: 'plugin', tenantId, pluginId, deleted: false });
        expected.push({ kind: 'customer-settings', tenantId, pluginId, customerId: undefined });
        expected.push({ kind: 'customer-settings', tenantId, pluginId, customerId: customer.id });
        expected.push({ kind: 'customer-settings', tenantId, pluginId, customerId: customer.id });
        expected.push({ kind: 'plugin', tenantId, pluginId, deleted: true });
        const rule = await newRule(registry, tenantId);
        await registry.updateRule(rule.id, { weight: 1 });
        await registry.deleteRule(rule.id);
        expected.push({ kind: 'rules', tenantId }, { kind: 'rules', tenantId }, { kind: 'rules', tenantId });
        await registry.deleteDevice(deviceId);
        await registry.deleteCustomer(customer.id);
        await registry.deleteTenant(tenantId);
        expected.push({ kind: 'device', tenantId, deviceId, deleted: true });
        expected.push({ kind: 'customer-deleted', tenantId, customerId: customer.id });
        expected.push({ kind: 'tenant-deleted', tenantId });
      });
      assert.deepEqual(heard, expected);
    },
  },
  {
    rule: 'REG-5',
    title: 'announces nothing and changes nothing when it refuses',
    async run(registry) {
      const device = await anyDevice(registry);
      const foreign = await tenantWithCustomer(registry);
      const heard = await changesDuring(registry, async () => {
        await assertRefused('NOT_FOUND', () => registry.assignDevice(device.id, foreign.customer.id));
        await assertRefused('ALREADY_EXISTS', () => newDevice(registry, device, { id: device.id, name: 'Other' }));
      });
      assert.deepEqual(heard, []);
      assert.equal((await registry.findDevice(device.id))?.name, device.name);
    },
  },
  {
    rule: 'REG-6',
    title: 'lets no subscriber that throws keep a change from taking effect or others from hearing of it',
    async run(registry) {
      const device = await anyDevice(registry);
      const reported: unknown[] = [];
      const report = config.onUnhandledError;
      config.onUnhandledError = (error) => reported.push(error);
      const failing = registry.changes.subscribe(() => {
        throw new Error('thrown by a subscriber');
      });
      try {
        const heard = await changesDuring(registry, () => registry.deleteDevice(device.id));
        assert.ok(heard.length > 0, 'another subscriber did not hear of the change');
        assert.equal(await registry.findDevice(device.id), undefined);
        const next = await changesDuring(registry, () => newCustomerAndDevice(registry, device.tenantId));
        assert.ok(next.length > 0, 'changes ended with a subscriber that threw');
        // rxjs reports by a timer what a subscriber throws.
        await setTimeout(1);
      } finally {
        failing.unsubscribe();
        config.onUnhandledError = report;
      }
    },
  },
  {
    rule: 'REG-7',
    title: 'announces what a subscriber changes after the change that it heard of, to everybody',
    async run(registry) {
      const { tenant } = await tenantWithCustomer(registry);
      const [first, second] = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002'];
      const nested: Awaitable<unknown>[] = [];
      const changing = registry.changes.subscribe((change) => {
        const isFirst = change.kind === 'device' && change.deviceId === first;
        if (isFirst && nested.length === 0) nested.push(newDevice(registry, { tenantId: tenant.id }, { id: second }));
      });
      const heard = await changesDuring(registry, async () => {
        await newDevice(registry, { tenantId: tenant.id }, { id: first });
        await Promise.all(nested);
      });
      changing.unsubscribe();
      const ids = heard.map((change) => (change.kind === 'device' ? change.deviceId : change.kind));
      assert.deepEqual([...new Set(ids)], [first, second]);
    },
  },
];

async function newCustomerAndDevice(registry: Registry, tenantId: string): Promise<void> {
  const customer = await newCustomer(registry, tenantId);
  await newDevice(registry, { tenantId, customerId: customer.id });
}
