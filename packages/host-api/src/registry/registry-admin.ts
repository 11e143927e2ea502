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

/** What a caller knows of the quotas that it replaces: they have no version, they are their own. */
export interface QuotasExpectation {
  /** The quotas as the caller read them; others that were put since are refused as `STALE`. Absent: any. */
  readonly ifQuotas?: Quotas | undefined;
}

/** For which customers a plugin is enabled, and with which overrides. */
export interface Enablement {
  /** For customers of whom nothing is said, and for devices without a customer. */
  readonly enabledByDefault: boolean;
  /** By customer; oldest saying first. */
  readonly customers: ReadonlyMap<string, CustomerSettings>;
}

/** A plugin, and for whom it is enabled. */
export interface EnabledPlugin extends Enablement {
  readonly plugin: PluginDefinition;
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
  /** Replaces the device's credentials, which makes another version of it. `ALREADY_EXISTS` when another device has them. */
  setCredentials(deviceId: string, type: CredentialsType, digest: string, expected?: Expectation): Awaitable<DeviceRow>;
  /** What the device proves itself with, for a copy of a tenant: a digest, from which no token can be had. */
  findCredentials(deviceId: string): Awaitable<CredentialsRow | undefined>;
  /** Those of many devices, by id in lower case; devices without credentials are left out. At most some 1,000 at once. */
  listCredentials(deviceIds: readonly string[]): Awaitable<ReadonlyMap<string, CredentialsRow>>;
  /** Nobody can connect as the device until it gets new credentials. Makes another version of it, if it had any. */
  revokeCredentials(deviceId: string, expected?: Expectation): Awaitable<DeviceRow>;

  createPlugin(plugin: NewPlugin): Awaitable<PluginDefinition>;
  findPlugin(pluginId: string): Awaitable<PluginDefinition | undefined>;
  updatePlugin(
    pluginId: string,
    change: Change<PluginDefinition, 'name' | 'state' | 'configuration' | 'audit'>,
    expected?: Expectation,
  ): Awaitable<PluginDefinition>;
  /** `IN_USE` while a rule names its token. */
  deletePlugin(pluginId: string, expected?: Expectation): Awaitable<void>;
  /**
   * The plugin with all that is said of its customers, as they are together at one moment. Every change of the one or
   * the other makes another version of the plugin: whoever has checked them against each other changes neither unless
   * both are still what was checked.
   */
  findEnablement(pluginId: string): Awaitable<EnabledPlugin | undefined>;
  /** Says all of it anew, in one change. */
  replaceEnablement(pluginId: string, enablement: Enablement, expected?: Expectation): Awaitable<PluginDefinition>;
  /** Whether the plugin is enabled for customers of whom nothing is said, and for devices without a customer. */
  setEnabledByDefault(pluginId: string, enabled: boolean, expected?: Expectation): Awaitable<PluginDefinition>;
  putCustomerSettings(
    pluginId: string,
    customerId: string,
    settings: CustomerSettings,
    expected?: Expectation,
  ): Awaitable<PluginDefinition>;
  /** Back to the default. */
  deleteCustomerSettings(pluginId: string, customerId: string, expected?: Expectation): Awaitable<PluginDefinition>;

  createRule(rule: New<RuleDefinition>): Awaitable<RuleDefinition>;
  findRule(ruleId: string): Awaitable<RuleDefinition | undefined>;
  updateRule(
    ruleId: string,
    change: Partial<Omit<RuleDefinition, 'id' | 'tenantId' | keyof Versioned>>,
    expected?: Expectation,
  ): Awaitable<RuleDefinition>;
  deleteRule(ruleId: string, expected?: Expectation): Awaitable<void>;

  /** Replaces all quotas of a tenant, customer or device; `UNLIMITED` removes them. Yields them as they are kept. */
  putQuotas(subject: QuotaSubject, quotas: Quotas, expected?: QuotasExpectation): Awaitable<Quotas>;
  /**
   * What was put for many of one kind, by id in lower case; those that are unlimited are left out. As it is at this
   * moment: `DeviceRegistry.findQuotas` may answer from memory. At most some 1,000 at once.
   */
  listQuotas(kind: QuotaSubject['kind'], ids: readonly string[]): Awaitable<ReadonlyMap<string, Quotas>>;
}

export const RegistryAdmin: unique symbol = Symbol.for('device-messaging:RegistryAdmin');
