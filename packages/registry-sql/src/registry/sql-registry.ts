import type {
  Change,
  CredentialsRow,
  CredentialsType,
  Customer,
  CustomerSettings,
  DeviceFilter,
  DeviceRegistry,
  DeviceRow,
  EnabledPlugin,
  Enablement,
  Expectation,
  New,
  NewPlugin,
  Page,
  PluginDefinition,
  Quotas,
  QuotasExpectation,
  QuotaSubject,
  RegistryAdmin,
  RegistryChange,
  RuleDefinition,
  Tenant,
  Versioned,
} from '@device-messaging/host-api';
import type { Awaitable, Clock, Device, DeviceQuery } from '@device-messaging/plugin-api';
import type { Observable } from 'rxjs';
import { CachedRegistry } from '../cache/cached-registry.js';
import type { RegistryCache } from '../cache/registry-cache.js';
import { RegistryQueries } from '../cache/registry-queries.js';
import type { SqlEngine } from '../database/sql-engine.js';
import { AdminReads } from './admin-reads.js';
import { ChangeLane } from './change-lane.js';
import { createCustomer, deleteCustomer, updateCustomer } from './customer-changes.js';
import { DeviceBatcher } from './device-batcher.js';
import { assignDevice, deleteDevice, revokeCredentials, setCredentials, updateDevice } from './device-changes.js';
import { createPlugin, deletePlugin, updatePlugin } from './plugin-changes.js';
import { putQuotas } from './quota-changes.js';
import { createRule, deleteRule, updateRule } from './rule-changes.js';
import {
  deleteCustomerSettings,
  putCustomerSettings,
  replaceEnablement,
  setEnabledByDefault,
} from './settings-changes.js';
import { createTenant, deleteTenant, updateTenant } from './tenant-changes.js';

/** A registry in a database, with a cache for what the host asks while messages flow. Ids are taken in any case. */
export class SqlRegistry implements DeviceRegistry, RegistryAdmin {
  private readonly lane: ChangeLane;
  private readonly batcher: DeviceBatcher;
  private readonly reads: AdminReads;
  private readonly cached: CachedRegistry;

  constructor(engine: SqlEngine, cache: RegistryCache, clock: Clock) {
    this.lane = new ChangeLane(engine, cache, clock);
    this.batcher = new DeviceBatcher(this.lane);
    this.reads = new AdminReads(engine.reads);
    this.cached = new CachedRegistry(cache, new RegistryQueries(engine.reads));
  }

  /** Done when all changes that were asked for before are made, and announced. */
  drain(): Promise<void> {
    return this.lane.drain();
  }

  get changes(): Observable<RegistryChange> {
    return this.lane.changes;
  }

  findDevice(deviceId: string): Awaitable<Device | undefined> {
    return this.cached.findDevice(deviceId);
  }

  findDeviceByCredentials(type: CredentialsType, digest: string): Awaitable<Device | undefined> {
    return this.cached.findDeviceByCredentials(type, digest);
  }

  findDeviceByName(tenantId: string, name: string): Awaitable<Device | undefined> {
    return this.cached.findDeviceByName(tenantId, name);
  }

  listDevices(tenantId: string, query: DeviceQuery): Awaitable<readonly Device[]> {
    return this.cached.listDevices(tenantId, query);
  }

  listRules(tenantId: string): Awaitable<readonly RuleDefinition[]> {
    return this.cached.listRules(tenantId);
  }

  listPlugins(tenantId: string): Awaitable<readonly PluginDefinition[]> {
    return this.cached.listPlugins(tenantId);
  }

  findCustomerSettings(pluginId: string, customerId: string | undefined): Awaitable<CustomerSettings> {
    return this.cached.findCustomerSettings(pluginId, customerId);
  }

  findQuotas(subject: QuotaSubject): Awaitable<Quotas> {
    return this.cached.findQuotas(subject);
  }

  createTenant(tenant: New<Tenant>): Promise<Tenant> {
    return this.lane.run((scope) => createTenant(scope, tenant));
  }

  findTenant(tenantId: string): Promise<Tenant | undefined> {
    return this.reads.findTenant(tenantId);
  }

  listTenants(page: Page): Promise<readonly Tenant[]> {
    return this.reads.listTenants(page);
  }

  updateTenant(tenantId: string, change: Change<Tenant, 'title'>, expected?: Expectation): Promise<Tenant> {
    return this.lane.run((scope) => updateTenant(scope, tenantId, change, expected));
  }

  deleteTenant(tenantId: string, expected?: Expectation): Promise<void> {
    return this.lane.run((scope) => deleteTenant(scope, tenantId, expected));
  }

  createCustomer(customer: New<Customer>): Promise<Customer> {
    return this.lane.run((scope) => createCustomer(scope, customer));
  }

  findCustomer(customerId: string): Promise<Customer | undefined> {
    return this.reads.findCustomer(customerId);
  }

  listCustomers(tenantId: string, page: Page): Promise<readonly Customer[]> {
    return this.reads.listCustomers(tenantId, page);
  }

  updateCustomer(customerId: string, change: Change<Customer, 'title'>, expected?: Expectation): Promise<Customer> {
    return this.lane.run((scope) => updateCustomer(scope, customerId, change, expected));
  }

  deleteCustomer(customerId: string, expected?: Expectation): Promise<void> {
    return this.lane.run((scope) => deleteCustomer(scope, customerId, expected));
  }

  createDevice(device: New<DeviceRow>, credentials?: Omit<CredentialsRow, 'deviceId'>): Promise<DeviceRow> {
    return this.batcher.create(device, credentials);
  }

  findDeviceRow(deviceId: string): Promise<DeviceRow | undefined> {
    return this.reads.findDeviceRow(deviceId);
  }

  listDeviceRows(tenantId: string, filter: DeviceFilter): Promise<readonly DeviceRow[]> {
    return this.reads.listDeviceRows(tenantId, filter);
  }

  updateDevice(
    deviceId: string,
    change: Change<DeviceRow, 'name' | 'type'>,
    expected?: Expectation,
  ): Promise<DeviceRow> {
    return this.lane.run((scope) => updateDevice(scope, deviceId, change, expected));
  }

  assignDevice(deviceId: string, customerId: string | undefined, expected?: Expectation): Promise<DeviceRow> {
    return this.lane.run((scope) => assignDevice(scope, deviceId, customerId, expected));
  }

  deleteDevice(deviceId: string, expected?: Expectation): Promise<void> {
    return this.lane.run((scope) => deleteDevice(scope, deviceId, expected));
  }

  setCredentials(deviceId: string, type: CredentialsType, digest: string, expected?: Expectation): Promise<DeviceRow> {
    return this.lane.run((scope) => setCredentials(scope, deviceId, { type, digest }, expected));
  }

  findCredentials(deviceId: string): Promise<CredentialsRow | undefined> {
    return this.reads.findCredentials(deviceId);
  }

  listCredentials(deviceIds: readonly string[]): Promise<ReadonlyMap<string, CredentialsRow>> {
    return this.reads.listCredentials(deviceIds);
  }

  revokeCredentials(deviceId: string, expected?: Expectation): Promise<DeviceRow> {
    return this.lane.run((scope) => revokeCredentials(scope, deviceId, expected));
  }

  createPlugin(plugin: NewPlugin): Promise<PluginDefinition> {
    return this.lane.run((scope) => createPlugin(scope, plugin));
  }

  findPlugin(pluginId: string): Promise<PluginDefinition | undefined> {
    return this.reads.findPlugin(pluginId);
  }

  updatePlugin(
    pluginId: string,
    change: Change<PluginDefinition, 'name' | 'state' | 'configuration' | 'audit'>,
    expected?: Expectation,
  ): Promise<PluginDefinition> {
    return this.lane.run((scope) => updatePlugin(scope, pluginId, change, expected));
  }

  deletePlugin(pluginId: string, expected?: Expectation): Promise<void> {
    return this.lane.run((scope) => deletePlugin(scope, pluginId, expected));
  }

  findEnablement(pluginId: string): Promise<EnabledPlugin | undefined> {
    return this.reads.findEnablement(pluginId);
  }

  replaceEnablement(pluginId: string, enablement: Enablement, expected?: Expectation): Promise<PluginDefinition> {
    return this.lane.run((scope) => replaceEnablement(scope, pluginId, enablement, expected));
  }

  setEnabledByDefault(pluginId: string, enabled: boolean, expected?: Expectation): Promise<PluginDefinition> {
    return this.lane.run((scope) => setEnabledByDefault(scope, pluginId, enabled, expected));
  }

  putCustomerSettings(
    pluginId: string,
    customerId: string,
    settings: CustomerSettings,
    expected?: Expectation,
  ): Promise<PluginDefinition> {
    return this.lane.run((scope) => putCustomerSettings(scope, pluginId, customerId, settings, expected));
  }

  deleteCustomerSettings(pluginId: string, customerId: string, expected?: Expectation): Promise<PluginDefinition> {
    return this.lane.run((scope) => deleteCustomerSettings(scope, pluginId, customerId, expected));
  }

  createRule(rule: New<RuleDefinition>): Promise<RuleDefinition> {
    return this.lane.run((scope) => createRule(scope, rule));
  }

  findRule(ruleId: string): Promise<RuleDefinition | undefined> {
    return this.reads.findRule(ruleId);
  }

  updateRule(
    ruleId: string,
    change: Partial<Omit<RuleDefinition, 'id' | 'tenantId' | keyof Versioned>>,
    expected?: Expectation,
  ): Promise<RuleDefinition> {
    return this.lane.run((scope) => updateRule(scope, ruleId, change, expected));
  }

  deleteRule(ruleId: string, expected?: Expectation): Promise<void> {
    return this.lane.run((scope) => deleteRule(scope, ruleId, expected));
  }

  putQuotas(subject: QuotaSubject, quotas: Quotas, expected?: QuotasExpectation): Promise<Quotas> {
    return this.lane.run((scope) => putQuotas(scope, subject, quotas, expected));
  }

  listQuotas(kind: QuotaSubject['kind'], ids: readonly string[]): Promise<ReadonlyMap<string, Quotas>> {
    return this.reads.listQuotas(kind, ids);
  }
}
