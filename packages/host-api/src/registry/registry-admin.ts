import type { Awaitable } from '@device-messaging/plugin-api';
import type { CredentialsType } from '../credentials.js';
import type { Quotas, QuotaSubject } from './quotas.js';
import type {
  CredentialsRow,
  Customer,
  CustomerSettings,
  DeviceRow,
  PluginDefinition,
  RuleDefinition,
  Tenant,
  Versioned,
} from './rows.js';

/** A row to be made: the id is generated and `createdAt` is now, unless given. */
export type New<T extends Versioned & { readonly id: string }> = Omit<T, 'id' | keyof Versioned> & {
  readonly id?: string;
  readonly createdAt?: number;
};

/** A plugin to be made; its calls are not audited unless said otherwise. */
export type NewPlugin = Omit<New<PluginDefinition>, 'audit'> & Partial<Pick<PluginDefinition, 'audit'>>;

/** Members of a row that change; those that are absent, or `undefined` where the row has no such value, stay. */
export type Change<T, Members extends keyof T> = Partial<Pick<T, Members>>;

/** What a caller knows of the row that it changes. */
export interface Expectation {
  /** The row's version as the caller read it; a row that was changed since is refused as `STALE`. Absent: any. */
  readonly ifVersion?: number | undefined;
}

/** One page of a list, by age, oldest first. */
export interface Page {
  /** At most this many rows. */
  readonly limit: number;
  /** Only rows younger than the one with this id; one that is not in the list yields nothing. */
  readonly after?: string | undefined;
}

/** Devices of a tenant. */
export interface DeviceFilter extends Page {
  /** `null`: devices without a customer. Absent: all. */
  readonly customerId?: string | null | undefined;
  /** Exact match. */
  readonly name?: string | undefined;
  /** Exact match. */
  readonly type?: string | undefined;
}

/**
 * Why a registry refused a change.
 * - `NOT_FOUND`: the row, or one that it names, does not exist, or not for this tenant.
 * - `ALREADY_EXISTS`: there is one of it, and may be only one.
 * - `IN_USE`: another row needs it.
 * - `INVALID`: it is not as rows must be.
 * - `STALE`: the row was changed since the caller read it.
 * - `OVER_QUOTA`: there would be more of it than a quota allows.
 */
export type RegistryErrorCode = 'NOT_FOUND' | 'ALREADY_EXISTS' | 'IN_USE' | 'INVALID' | 'STALE' | 'OVER_QUOTA';

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
 * The write side of a registry, and what administrators read. A change is durable (as far as the registry is) when its
 * method returns, and is announced on `DeviceRegistry.changes` by then. Refusals are {@link RegistryError}s.
 * A change that changes nothing keeps the row's version and is not announced; nor are titles, on which nothing hangs.
 * Whether a configuration fits its plugin is not checked here but by `HostControl`, which knows the plugin types; nor is
 * whose the rows are: whoever asks on behalf of a tenant compares `tenantId`.
 */
export interface RegistryAdmin {
  createTenant(tenant: New<Tenant>): Awaitable<Tenant>;
  findTenant(tenantId: string): Awaitable<Tenant | undefined>;
  listTenants(page: Page): Awaitable<readonly Tenant[]>;
  updateTenant(tenantId: string, change: Change<Tenant, 'title'>, expected?: Expectation): Awaitable<Tenant>;
  /** With everything it has. */
  deleteTenant(tenantId: string, expected?: Expectation): Awaitable<void>;

  createCustomer(customer: New<Customer>): Awaitable<Customer>;
  findCustomer(customerId: string): Awaitable<Customer | undefined>;
  listCustomers(tenantId: string, page: Page): Awaitable<readonly Customer[]>;
  updateCustomer(customerId: string, change: Change<Customer, 'title'>, expected?: Expectation): Awaitable<Customer>;
  /** Its devices become unassigned; what was set for it is forgotten. */
  deleteCustomer(customerId: string, expected?: Expectation): Awaitable<void>;

  /**
   * `OVER_QUOTA` when tenant or customer may not have more devices. With credentials both are made, or nothing:
   * `ALREADY_EXISTS` when another device has them; one `device` change announces both. Devices that are made at the
   * same time, without waiting for each other, are older and younger in the order of the calls, and cost less than one
   * by one.
   */
  createDevice(device: New<DeviceRow>, credentials?: Omit<CredentialsRow, 'deviceId'>): Awaitable<DeviceRow>;
  findDeviceRow(deviceId: string): Awaitable<DeviceRow | undefined>;
  /** Devices of a tenant, of all its customers and of none. */
  listDeviceRows(tenantId: string, filter: DeviceFilter): Awaitable<readonly DeviceRow[]>;
  updateDevice(
    deviceId: string,
    change: Change<DeviceRow, 'name' | 'type'>,
    expected?: Expectation,
  ): Awaitable<DeviceRow>;
  /** To another customer of the same tenant, or to none. `OVER_QUOTA` when the customer may not have more devices. */
  assignDevice(deviceId: string, customerId: string | undefined, expected?: Expectation): Awaitable<DeviceRow>;
  deleteDevice(deviceId: string, expected?: Expectation): Awaitable<void>;
  /** Replaces the device's credentials. `ALREADY_EXISTS` when another device has them. */
  setCredentials(deviceId: string, type: CredentialsType, digest: string): Awaitable<void>;
  /** What the device proves itself with, for a copy of a tenant: a digest, from which no token can be had. */
  findCredentials(deviceId: string): Awaitable<CredentialsRow | undefined>;
  /** Nobody can connect as the device until it gets new credentials. */
  revokeCredentials(deviceId: string): Awaitable<void>;

  createPlugin(plugin: NewPlugin): Awaitable<PluginDefinition>;
  findPlugin(pluginId: string): Awaitable<PluginDefinition | undefined>;
  updatePlugin(
    pluginId: string,
    change: Change<PluginDefinition, 'name' | 'state' | 'configuration' | 'audit'>,
    expected?: Expectation,
  ): Awaitable<PluginDefinition>;
  /** `IN_USE` while a rule names its token. */
  deletePlugin(pluginId: string, expected?: Expectation): Awaitable<void>;
  /** Whether the plugin is enabled for customers of whom nothing is said, and for devices without a customer. */
  setEnabledByDefault(pluginId: string, enabled: boolean): Awaitable<void>;
  putCustomerSettings(pluginId: string, customerId: string, settings: CustomerSettings): Awaitable<void>;
  /** Back to the default. */
  deleteCustomerSettings(pluginId: string, customerId: string): Awaitable<void>;
  /** All customers of whom something is said. */
  listCustomerSettings(pluginId: string): Awaitable<ReadonlyMap<string, CustomerSettings>>;

  createRule(rule: New<RuleDefinition>): Awaitable<RuleDefinition>;
  findRule(ruleId: string): Awaitable<RuleDefinition | undefined>;
  updateRule(
    ruleId: string,
    change: Partial<Omit<RuleDefinition, 'id' | 'tenantId' | keyof Versioned>>,
    expected?: Expectation,
  ): Awaitable<RuleDefinition>;
  deleteRule(ruleId: string, expected?: Expectation): Awaitable<void>;

  /** Replaces all quotas of a tenant, customer or device; `UNLIMITED` removes them. */
  putQuotas(subject: QuotaSubject, quotas: Quotas): Awaitable<void>;
}

export const RegistryAdmin: unique symbol = Symbol.for('device-messaging:RegistryAdmin');
