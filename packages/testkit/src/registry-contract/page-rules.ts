import type { DeviceFilter, Page } from '@device-messaging/host-api';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ContractRule } from '../contract/contract-rule.js';
import { anyDevice, newCustomer, newDevice, tenantWithCustomer, type Registry } from './registry-rows.js';

const AT = Date.UTC(2017, 0, 1);

/** Titles in the order of their making, and the times of it: the second and third are of one ms. */
const TITLES: readonly (readonly [string, number])[] = [
  ['b', AT],
  ['c', AT],
  ['d', AT + 1],
  ['a', AT - 1],
];

/** Names of a tenant's devices, as the registry lists them. */
async function rowNames(registry: Registry, tenantId: string, filter: Partial<DeviceFilter> = {}): Promise<string[]> {
  return (await registry.listDeviceRows(tenantId, { limit: 100, ...filter })).map(({ name }) => name);
}

/** What administrators list. */
export const PAGE_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-29',
    title: 'lists tenants, and customers of a tenant, by age and page by page',
    async run(registry) {
      const ids = new Map<string, string>();
      for (const [title, createdAt] of TITLES) {
        ids.set(title, (await registry.createTenant({ title, createdAt })).id);
      }
      const tenants = async (page: Page) => (await registry.listTenants(page)).map(({ title }) => title);
      assert.deepEqual(await tenants({ limit: 100 }), ['a', 'b', 'c', 'd']);
      assert.deepEqual(await tenants({ limit: 2, after: ids.get('a') }), ['b', 'c']);
      assert.deepEqual(await tenants({ limit: 2, after: ids.get('d') }), []);
      assert.deepEqual(await tenants({ limit: 2, after: randomUUID() }), []);
      assert.deepEqual(await tenants({ limit: 0 }), []);
      const [tenantId, other] = [ids.get('a')!, ids.get('b')!];
      for (const [title, createdAt] of TITLES) {
        ids.set(title, (await registry.createCustomer({ tenantId, title, createdAt })).id);
      }
      const foreign = await newCustomer(registry, other);
      const customers = async (page: Page, of = tenantId) =>
        (await registry.listCustomers(of, page)).map(({ title }) => title);
      assert.deepEqual(await customers({ limit: 100 }), ['a', 'b', 'c', 'd']);
      assert.deepEqual(await customers({ limit: 2, after: ids.get('a') }), ['b', 'c']);
      assert.deepEqual(await customers({ limit: 2, after: ids.get('c') }), ['d']);
      assert.deepEqual(await customers({ limit: 2, after: ids.get('d') }), []);
      assert.deepEqual(await customers({ limit: 2, after: foreign.id }), []);
      assert.deepEqual(await customers({ limit: 2, after: randomUUID() }), []);
      assert.deepEqual(await customers({ limit: 0 }), []);
      assert.deepEqual(await customers({ limit: 100 }, other), [foreign.title]);
      assert.deepEqual(await customers({ limit: 100 }, randomUUID()), []);
    },
  },
  {
    rule: 'REG-30',
    title: 'lists the devices of a tenant, of all its customers and of none, by age and page by page',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const owners = [{ customerId: customer.id }, {}, { customerId: (await newCustomer(registry, tenant.id)).id }, {}];
      const ids = new Map<string, string>();
      for (const [index, [name, createdAt]] of TITLES.entries()) {
        const owner = { tenantId: tenant.id, ...owners[index] };
        ids.set(name, (await newDevice(registry, owner, { name, createdAt })).id);
      }
      const foreign = await anyDevice(registry);
      const names = (filter?: Partial<DeviceFilter>) => rowNames(registry, tenant.id, filter);
      assert.deepEqual(await names(), ['a', 'b', 'c', 'd']);
      assert.deepEqual(await names({ limit: 3 }), ['a', 'b', 'c']);
      assert.deepEqual(await names({ limit: 2, after: ids.get('a') }), ['b', 'c']);
      assert.deepEqual(await names({ limit: 2, after: ids.get('c') }), ['d']);
      assert.deepEqual(await names({ limit: 2, after: ids.get('d') }), []);
      assert.deepEqual(await names({ after: foreign.id }), []);
      assert.deepEqual(await names({ after: randomUUID() }), []);
      assert.deepEqual(await names({ limit: 0 }), []);
      assert.deepEqual(await rowNames(registry, foreign.tenantId), [foreign.name]);
      assert.deepEqual(await rowNames(registry, randomUUID()), []);
      const [row] = await registry.listDeviceRows(foreign.tenantId, { limit: 1 });
      assert.deepEqual(row, foreign);
    },
  },
  {
    rule: 'REG-31',
    title: 'lists of a tenant’s devices those of a customer, or of none, or with exactly that name or type',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const owner = { tenantId: tenant.id, customerId: customer.id };
      const next = await newCustomer(registry, tenant.id);
      const lamp = await newDevice(registry, owner, { name: 'lamp', type: 'light' });
      await newDevice(registry, { tenantId: tenant.id }, { name: 'lamp', type: 'Light' });
      await newDevice(registry, { ...owner, customerId: next.id }, { name: 'Lamp', type: 'light' });
      const door = await newDevice(registry, owner, { name: 'door', type: 'door' });
      const free = await newDevice(registry, { tenantId: tenant.id }, { name: 'free', type: 'door' });
      const foreign = await anyDevice(registry);
      const names = (filter: Partial<DeviceFilter>) => rowNames(registry, tenant.id, filter);
      assert.deepEqual(await names({ customerId: customer.id }), ['lamp', 'door']);
      assert.deepEqual(await names({ customerId: customer.id, after: lamp.id }), ['door']);
      assert.deepEqual(await names({ customerId: customer.id, after: free.id }), []);
      assert.deepEqual(await names({ customerId: null }), ['lamp', 'free']);
      assert.deepEqual(await names({ customerId: null, limit: 1 }), ['lamp']);
      assert.deepEqual(await names({ customerId: null, after: door.id }), []);
      assert.deepEqual(await names({ name: 'lamp' }), ['lamp', 'lamp']);
      assert.deepEqual(await names({ name: 'lamp', limit: 1, after: lamp.id }), ['lamp']);
      assert.deepEqual(await names({ type: 'light' }), ['lamp', 'Lamp']);
      assert.deepEqual(await names({ type: 'door', customerId: null }), ['free']);
      assert.deepEqual(await names({ type: 'door', name: 'lamp' }), []);
      assert.deepEqual(await names({ customerId: foreign.customerId }), []);
      assert.deepEqual(await names({ customerId: randomUUID() }), []);
      await registry.assignDevice(lamp.id, undefined);
      assert.deepEqual(await names({ customerId: null }), ['lamp', 'lamp', 'free']);
      await registry.deleteDevice(door.id);
      await registry.deleteCustomer(next.id);
      assert.deepEqual(await names({ customerId: null }), ['lamp', 'lamp', 'Lamp', 'free']);
      assert.deepEqual(await names({}), ['lamp', 'lamp', 'Lamp', 'free']);
    },
  },
];
