import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ContractRule } from '../contract/contract-rule.js';
import {
  anyDevice,
  assertRefused,
  listNames,
  newCustomer,
  newDevice,
  newPlugin,
  tenantWithCustomer,
  type Registry,
} from './registry-rows.js';

/** A customer whose devices bear these names, in order of age. */
async function customerWith(registry: Registry, names: readonly string[]) {
  const { tenant, customer } = await tenantWithCustomer(registry);
  const owner = { tenantId: tenant.id, customerId: customer.id };
  const ids: string[] = [];
  for (const name of names) ids.push((await newDevice(registry, owner, { name })).id);
  return { owner, ids };
}

/** Lists of devices, and whose they are. */
export const DEVICE_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-8',
    title: 'lists devices by age, oldest first, those of one ms in the order of their creation',
    async run(registry) {
      const { owner } = await customerWith(registry, []);
      const at = Date.UTC(2017, 0, 1);
      const ages: readonly (readonly [string, number])[] = [
        ['second', at],
        ['third', at],
        ['fourth', at],
        ['last', at + 2],
        ['first', at - 1],
        ['fifth', at + 1],
      ];
      for (const [name, createdAt] of ages) {
        assert.equal((await newDevice(registry, owner, { name, createdAt })).createdAt, createdAt);
      }
      assert.deepEqual(await listNames(registry, owner), ['first', 'second', 'third', 'fourth', 'fifth', 'last']);
    },
  },
  {
    rule: 'REG-9',
    title: 'lists pages: at most limit rows, only younger ones than after, without except',
    async run(registry) {
      const { owner, ids } = await customerWith(registry, ['a', 'b', 'c', 'd', 'e']);
      assert.deepEqual(await listNames(registry, owner, { limit: 2 }), ['a', 'b']);
      assert.deepEqual(await listNames(registry, owner, { limit: 2, after: ids[1]! }), ['c', 'd']);
      assert.deepEqual(await listNames(registry, owner, { limit: 2, after: ids[3]! }), ['e']);
      assert.deepEqual(await listNames(registry, owner, { limit: 2, after: ids[4]! }), []);
      assert.deepEqual(await listNames(registry, owner, { limit: 2, except: ids[0]! }), ['b', 'c']);
      assert.deepEqual(await listNames(registry, owner, { limit: 0 }), []);
      const stranger = await anyDevice(registry);
      assert.deepEqual(await listNames(registry, owner, { after: stranger.id }), []);
      assert.deepEqual(await listNames(registry, owner, { after: randomUUID() }), []);
    },
  },
  {
    rule: 'REG-10',
    title: 'lists only devices whose type and name are exactly the asked ones',
    async run(registry) {
      const { owner } = await customerWith(registry, ['lamp', 'Lamp', 'lamps', 'door']);
      await newDevice(registry, owner, { name: 'lamp', type: 'light' });
      await newDevice(registry, owner, { name: 'ceiling', type: 'light' });
      assert.deepEqual(await listNames(registry, owner, { name: 'lamp' }), ['lamp', 'lamp']);
      assert.deepEqual(await listNames(registry, owner, { type: 'light' }), ['lamp', 'ceiling']);
      assert.deepEqual(await listNames(registry, owner, { type: 'light', name: 'ceiling' }), ['ceiling']);
      assert.deepEqual(await listNames(registry, owner, { type: 'LIGHT' }), []);
    },
  },
  {
    rule: 'REG-11',
    title: 'lists the devices of that customer alone, and only to the customer’s own tenant',
    async run(registry) {
      const { owner } = await customerWith(registry, ['mine']);
      const neighbour = await newCustomer(registry, owner.tenantId);
      await newDevice(registry, { tenantId: owner.tenantId, customerId: neighbour.id }, { name: 'neighbour’s' });
      await newDevice(registry, { tenantId: owner.tenantId }, { name: 'unassigned' });
      const other = await registry.createTenant({ title: 'Other' });
      assert.deepEqual(await listNames(registry, owner), ['mine']);
      assert.deepEqual(await listNames(registry, { ...owner, tenantId: other.id }), []);
    },
  },
  {
    rule: 'REG-15',
    title: 'takes only customers of the same tenant: another tenant’s is NOT_FOUND like one that does not exist',
    async run(registry) {
      const device = await anyDevice(registry);
      const plugin = await newPlugin(registry, device.tenantId);
      const foreign = await tenantWithCustomer(registry);
      for (const customerId of [foreign.customer.id, randomUUID()]) {
        await assertRefused('NOT_FOUND', () => registry.assignDevice(device.id, customerId));
        await assertRefused('NOT_FOUND', () => newDevice(registry, { tenantId: device.tenantId, customerId }));
        const settings = { enabled: true, configuration: {} };
        await assertRefused('NOT_FOUND', () => registry.putCustomerSettings(plugin.id, customerId, settings));
      }
    },
  },
  {
    rule: 'REG-16',
    title: 'moves a device that is assigned anew from list to list, in its place by age',
    async run(registry) {
      const { owner, ids } = await customerWith(registry, ['a', 'b', 'c']);
      const next = { tenantId: owner.tenantId, customerId: (await newCustomer(registry, owner.tenantId)).id };
      await registry.assignDevice(ids[2]!, next.customerId);
      const moved = await registry.assignDevice(ids[0]!, next.customerId);
      assert.equal(moved.customerId, next.customerId);
      assert.deepEqual(await listNames(registry, owner), ['b']);
      assert.deepEqual(await listNames(registry, next), ['a', 'c']);
      await registry.assignDevice(ids[0]!, undefined);
      assert.equal((await registry.findDevice(ids[0]!))?.customerId, undefined);
      assert.deepEqual(await listNames(registry, next), ['c']);
    },
  },
  {
    rule: 'REG-41',
    title: 'orders devices that are made at the same time, unawaited, by the calls that made them',
    async run(registry) {
      const { owner } = await customerWith(registry, []);
      const names = Array.from({ length: 50 }, (_, index) => `device-${index}`);
      const createdAt = Date.UTC(2017, 0, 1);
      await Promise.all(names.map((name) => newDevice(registry, owner, { name, createdAt })));
      assert.deepEqual(await listNames(registry, owner), names);
      const rows = await registry.listDeviceRows(owner.tenantId, { limit: 100 });
      assert.deepEqual(
        rows.map(({ name }) => name),
        names,
      );
    },
  },
];
