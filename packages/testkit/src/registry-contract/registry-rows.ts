import {
  RegistryError,
  type Customer,
  type DeviceRegistry,
  type DeviceRow,
  type New,
  type NewPlugin,
  type PluginDefinition,
  type RegistryAdmin,
  type RegistryChange,
  type RegistryErrorCode,
  type RuleDefinition,
  type Tenant,
} from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';

/** Both sides of one registry. */
export type Registry = DeviceRegistry & RegistryAdmin;

/** The SHA-256 of a secret, as registries keep it. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A new tenant with one customer. */
export async function tenantWithCustomer(registry: Registry): Promise<{ tenant: Tenant; customer: Customer }> {
  const tenant = await registry.createTenant({ title: 'Tenant' });
  return { tenant, customer: await newCustomer(registry, tenant.id) };
}

export async function newCustomer(registry: Registry, tenantId: string): Promise<Customer> {
  return registry.createCustomer({ tenantId, title: 'Customer' });
}

/** A new device of a customer, or an unassigned one. */
export async function newDevice(
  registry: Registry,
  owner: { readonly tenantId: string; readonly customerId?: string | undefined },
  members: Partial<New<DeviceRow>> = {},
): Promise<DeviceRow> {
  const { tenantId, customerId } = owner;
  return registry.createDevice({ tenantId, customerId, name: 'Device', type: 'default', ...members });
}

/** A new device of a new customer of a new tenant. */
export async function anyDevice(registry: Registry): Promise<DeviceRow> {
  const { tenant, customer } = await tenantWithCustomer(registry);
  return newDevice(registry, { tenantId: tenant.id, customerId: customer.id });
}

export async function newPlugin(
  registry: Registry,
  tenantId: string,
  members: Partial<NewPlugin> = {},
): Promise<PluginDefinition> {
  const named = { name: 'Plugin', apiToken: randomUUID(), clazz: 'some-plugin', ...members };
  return registry.createPlugin({ tenantId, state: 'ACTIVE', configuration: { limit: 3 }, ...named });
}

export async function newRule(
  registry: Registry,
  tenantId: string,
  members: Partial<New<RuleDefinition>> = {},
): Promise<RuleDefinition> {
  return registry.createRule({
    tenantId,
    name: 'Rule',
    state: 'ACTIVE',
    weight: 10,
    pluginToken: randomUUID(),
    filters: [{ name: 'Methods', clazz: 'method-name', configuration: { names: ['one', 'two'] } }],
    processor: undefined,
    action: { name: 'Call', clazz: 'rpc', configuration: {} },
    ...members,
  });
}

/** Names of the devices of a customer, as the registry lists them. */
export async function listNames(
  registry: Registry,
  owner: { readonly tenantId: string; readonly customerId: string },
  query: { limit?: number; after?: string; except?: string; type?: string; name?: string } = {},
): Promise<string[]> {
  const rows = await registry.listDevices(owner.tenantId, { customerId: owner.customerId, limit: 100, ...query });
  return rows.map(({ name }) => name);
}

/** Asserts that the registry refuses, with this code and a text. */
export async function assertRefused(code: RegistryErrorCode, change: () => Awaitable<unknown>): Promise<void> {
  await assert.rejects(
    async () => change(),
    (error) => {
      assert.ok(error instanceof RegistryError, `a refusal must be a RegistryError, not ${String(error)}`);
      assert.equal(error.code, code);
      assert.notEqual(error.message, '');
      return true;
    },
  );
}

/** The changes that are announced while `run` runs, up to its end. */
export async function changesDuring(registry: Registry, run: () => Awaitable<unknown>): Promise<RegistryChange[]> {
  const changes: RegistryChange[] = [];
  const subscription = registry.changes.subscribe((change) => changes.push(change));
  try {
    await run();
  } finally {
    subscription.unsubscribe();
  }
  return changes;
}
