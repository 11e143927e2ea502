import type { Awaitable } from '@device-messaging/plugin-api';
import type { CredentialsType } from '../credentials.js';
import type { Customer, CustomerSettings, DeviceRow, PluginDefinition, RuleDefinition, Tenant } from './rows.js';

/** A row to be made: the id is generated and `createdAt` is now, unless given. */
export type New<T extends { readonly id: string }> = Omit<T, 'id' | 'createdAt'> & {
  readonly id?: string;
  readonly createdAt?: number;
};

/** Why a registry refused a change. */
export type RegistryErrorCode = 'NOT_FOUND' | 'ALREADY_EXISTS' | 'IN_USE' | 'INVALID';

/** A change that the registry refused; the message says what was wrong and what would be right. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';

  constructor(
    readonly code: RegistryErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The write side of a registry. A change is durable (as far as the registry is) when its method returns, and is
 * announced on `DeviceRegistry.changes` by then. Refusals are {@link RegistryError}s.
 * Whether a configuration fits its plugin is not checked here but by `HostControl`, which knows the plugin types.
 */
export interface RegistryAdmin {
  createTenant(tenant: New<Tenant>): Awaitable<Tenant>;
  /** With everything it has. */
  deleteTenant(tenantId: string): Awaitable<void>;
  createCustomer(customer: New<Customer>): Awaitable<Customer>;
  /** Its devices become unassigned; what was set for it is forgotten. */
  deleteCustomer(customerId: string): Awaitable<void>;
  createDevice(device: New<DeviceRow>): Awaitable<DeviceRow>;
  /** To another customer of the same tenant, or to none. */
  assignDevice(deviceId: string, customerId: string | undefined): Awaitable<DeviceRow>;
  deleteDevice(deviceId: string): Awaitable<void>;
  /** Replaces the device's credentials. `ALREADY_EXISTS` when another device has them. */
  setCredentials(deviceId: string, type: CredentialsType, digest: string): Awaitable<void>;
  /** Nobody can connect as the device until it gets new credentials. */
  revokeCredentials(deviceId: string): Awaitable<void>;
  createPlugin(plugin: New<PluginDefinition>): Awaitable<PluginDefinition>;
  updatePlugin(
    pluginId: string,
    change: Partial<Pick<PluginDefinition, 'name' | 'state' | 'configuration'>>,
  ): Awaitable<PluginDefinition>;
  /** `IN_USE` while a rule names its token. */
  deletePlugin(pluginId: string): Awaitable<void>;
  /** Whether the plugin is enabled for customers of whom nothing is said, and for devices without a customer. */
  setEnabledByDefault(pluginId: string, enabled: boolean): Awaitable<void>;
  putCustomerSettings(pluginId: string, customerId: string, settings: CustomerSettings): Awaitable<void>;
  /** Back to the default. */
  deleteCustomerSettings(pluginId: string, customerId: string): Awaitable<void>;
  /** All customers of whom something is said. */
  listCustomerSettings(pluginId: string): Awaitable<ReadonlyMap<string, CustomerSettings>>;
  createRule(rule: New<RuleDefinition>): Awaitable<RuleDefinition>;
  updateRule(
    ruleId: string,
    change: Partial<Omit<RuleDefinition, 'id' | 'tenantId' | 'createdAt'>>,
  ): Awaitable<RuleDefinition>;
  deleteRule(ruleId: string): Awaitable<void>;
}

export const RegistryAdmin: unique symbol = Symbol.for('device-messaging:RegistryAdmin');
