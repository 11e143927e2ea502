import { RegistryError, type Quotas, type QuotaSubject } from '@device-messaging/host-api';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ContractRule } from '../contract/contract-rule.js';
import {
  anyDevice,
  assertRefused,
  changesDuring,
  newCustomer,
  newDevice,
  tenantWithCustomer,
  type Registry,
} from './registry-rows.js';

/** A device with its customer and tenant, as subjects of quotas. */
async function subjects(registry: Registry) {
  const device = await anyDevice(registry);
  const all: readonly QuotaSubject[] = [
    { kind: 'tenant', id: device.tenantId },
    { kind: 'customer', id: device.customerId! },
    { kind: 'device', id: device.id },
  ];
  return { device, all };
}

/** Asserts that there is no room for one more device, and that the refusal says for how many there would be. */
async function assertOverQuota(limit: number, change: () => unknown): Promise<void> {
  await assert.rejects(
    async () => change(),
    (error) => {
      assert.ok(error instanceof RegistryError, `a refusal must be a RegistryError, not ${String(error)}`);
      assert.equal(error.code, 'OVER_QUOTA');
      assert.match(error.message, new RegExp(`\\b${limit}\\b`));
      return true;
    },
  );
}

/** How much tenants, customers and devices may take. */
export const QUOTA_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-35',
    title: 'answers the quotas that were put last, frozen, and none before: unlimited',
    async run(registry) {
      const { all } = await subjects(registry);
      for (const subject of all) {
        assert.deepEqual(await registry.findQuotas(subject), {});
        const quotas = { messagesPerSecond: 0.1, messagesInFlight: 2, waitingMessages: 0, connections: 4 };
        await registry.putQuotas(subject, quotas);
        const found = await registry.findQuotas(subject);
        assert.deepEqual(found, quotas);
        assert.ok(Object.isFrozen(found), 'quotas are not frozen');
        quotas.connections = 5;
        assert.equal((await registry.findQuotas(subject)).connections, 4);
      }
      const [tenant, customer, device] = all as [QuotaSubject, QuotaSubject, QuotaSubject];
      await registry.putQuotas(tenant, { devices: 10 });
      assert.deepEqual(await registry.findQuotas(tenant), { devices: 10 });
      assert.equal((await registry.findQuotas(customer)).devices, undefined);
      await registry.putQuotas(device, {});
      assert.deepEqual(await registry.findQuotas(device), {});
      assert.deepEqual(await registry.findQuotas({ kind: 'customer', id: device.id }), {});
    },
  },
  {
    rule: 'REG-36',
    title: 'announces quotas when they hold, and refuses those of nobody and those that are none',
    async run(registry) {
      const { device, all } = await subjects(registry);
      const seen: Quotas[] = [];
      const reads: Promise<void>[] = [];
      const reading = registry.changes.subscribe((change) => {
        if (change.kind === 'quotas')
          reads.push(Promise.resolve(registry.findQuotas(change.subject)).then((read) => void seen.push(read)));
      });
      const heard = await changesDuring(registry, async () => {
        for (const subject of all) await registry.putQuotas(subject, { connections: 1 });
      });
      reading.unsubscribe();
      await Promise.all(reads);
      assert.deepEqual(
        heard,
        all.map((subject) => ({ kind: 'quotas', tenantId: device.tenantId, subject })),
      );
      assert.deepEqual(seen, Array(3).fill({ connections: 1 }));
      const refused = await changesDuring(registry, async () => {
        for (const { kind } of all) {
          await assertRefused('NOT_FOUND', () => registry.putQuotas({ kind, id: randomUUID() }, { connections: 1 }));
        }
        const none: Quotas[] = [{ connections: -1 }, { devices: 1.5 }, { messagesPerSecond: Number.NaN }];
        for (const quotas of none) await assertRefused('INVALID', () => registry.putQuotas(all[1]!, quotas));
        await assertRefused('INVALID', () => registry.putQuotas(all[2]!, { devices: 1 }));
      });
      assert.deepEqual(refused, []);
      assert.deepEqual(await registry.findQuotas(all[1]!), { connections: 1 });
    },
  },
  {
    rule: 'REG-37',
    title: 'forgets the quotas of a deleted tenant, customer or device, and of all that went with it',
    async run(registry) {
      const [{ all, device }, other] = [await subjects(registry), await subjects(registry)];
      for (const subject of [...all, ...other.all]) await registry.putQuotas(subject, { connections: 1 });
      const [tenant, customer, own] = all as [QuotaSubject, QuotaSubject, QuotaSubject];
      await registry.deleteDevice(own.id);
      await newDevice(registry, device, { id: own.id });
      assert.deepEqual(await registry.findQuotas(own), {});
      await registry.deleteCustomer(customer.id);
      assert.deepEqual(await registry.findQuotas(customer), {});
      await registry.createCustomer({ id: customer.id, tenantId: tenant.id, title: 'Again' });
      assert.deepEqual(await registry.findQuotas(customer), {});
      for (const subject of all) await registry.putQuotas(subject, { connections: 2 });
      await registry.deleteTenant(tenant.id);
      await registry.createTenant({ id: tenant.id, title: 'Again' });
      for (const subject of all) assert.deepEqual(await registry.findQuotas(subject), {}, subject.kind);
      for (const subject of other.all) assert.deepEqual(await registry.findQuotas(subject), { connections: 1 });
    },
  },
  {
    rule: 'REG-38',
    title: 'makes and assigns no device beyond the quota of its tenant or customer: OVER_QUOTA, naming the limit',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const [owner, free] = [{ tenantId: tenant.id, customerId: customer.id }, { tenantId: tenant.id }];
      await registry.putQuotas({ kind: 'customer', id: customer.id }, { devices: 3 });
      // All at once: a registry that counts first and makes later would make them all.
      const made = await Promise.allSettled([1, 2, 3, 4, 5].map(() => newDevice(registry, owner)));
      assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 3);
      const unassigned = await newDevice(registry, free);
      const heard = await changesDuring(registry, async () => {
        await assertOverQuota(3, () => newDevice(registry, owner));
        await assertOverQuota(3, () => registry.assignDevice(unassigned.id, customer.id));
      });
      assert.deepEqual(heard, []);
      assert.equal((await registry.listDeviceRows(tenant.id, { limit: 100 })).length, 4);
      const [first] = await registry.listDevices(tenant.id, { customerId: customer.id, limit: 1 });
      await registry.assignDevice(first!.id, customer.id);
      await registry.assignDevice(first!.id, undefined);
      await registry.assignDevice(unassigned.id, customer.id);
      await registry.putQuotas({ kind: 'tenant', id: tenant.id }, { devices: 4 });
      await assertOverQuota(4, () => newDevice(registry, free));
      await registry.deleteDevice(unassigned.id);
      const another = { ...free, customerId: (await newCustomer(registry, tenant.id)).id };
      const last = await newDevice(registry, another);
      await assertOverQuota(4, () => newDevice(registry, another));
      await registry.putQuotas({ kind: 'tenant', id: tenant.id }, { devices: 1 });
      await registry.assignDevice(last.id, customer.id);
      await assertOverQuota(1, () => newDevice(registry, free));
      await registry.putQuotas({ kind: 'tenant', id: tenant.id }, {});
      await newDevice(registry, free);
    },
  },
];
