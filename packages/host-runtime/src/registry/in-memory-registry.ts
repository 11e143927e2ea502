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
import type { Clock, Device, DeviceQuery } from '@device-messaging/plugin-api';
import type { Observable } from 'rxjs';
import { ChangeFeed } from './change-feed.js';
import { Customers } from './customers.js';
import { Devices } from './devices.js';
import { Plugins } from './plugins.js';
import { StoredQuotas } from './stored-quotas.js';
import { Rules } from './rules.js';
import { Tenants } from './tenants.js';

/**
 * A registry that lives and dies with its process: for tests, for demonstrations, and for hosts that fill it from a
 * source of their own. Everything is synchronous. Made for a million devices and more; ids are taken in any case.
 */
export class InMemoryRegistry implements DeviceRegistry, RegistryAdmin {
  private readonly feed = new ChangeFeed();
  private readonly quotas = new StoredQuotas();
  private readonly tenants: Tenants;
  private readonly customers: Customers;
  private readonly devices: Devices;
  private readonly rules: Rules;
  private readonly plugins: Plugins;

  /** @param clock stamps new rows; the system's when absent */
  constructor(clock: Clock = { now: () => Date.now() }) {
    this.tenants = new Tenants(clock);
    this.customers = new Customers(this.tenants, clock);
    this.devices = new Devices(this.tenants, this.customers, this.quotas, this.feed, clock);
    this.rules = new Rules(this.tenants, this.feed, clock);
    this.plugins = new Plugins(this.tenants, this.customers, this.rules, this.feed, clock);
  }

  get changes(): Observable<RegistryChange> {
    return this.feed.changes;
  }

  createTenant(tenant: New<Tenant>): Tenant {
    return this.tenants.create(tenant);
  }

  findTenant(tenantId: string): Tenant | undefined {
    return this.tenants.find(tenantId);
  }

  listTenants(page: Page): readonly Tenant[] {
    return this.tenants.list(page);
  }

  updateTenant(tenantId: string, change: Change<Tenant, 'title'>, expected?: Expectation): Tenant {
    return this.tenants.update(tenantId, change, expected);
  }

  deleteTenant(tenantId: string, expected?: Expectation): void {
    const { id } = this.tenants.expect(tenantId, expected);
    const customerIds = this.customers.ofTenant(id).map((customer) => customer.id);
    this.devices.removeTenant(id, customerIds);
    this.plugins.removeTenant(id);
    this.rules.removeTenant(id);
    for (const customerId of customerIds) this.quotas.forget({ kind: 'customer', id: customerId });
    this.customers.removeTenant(id);
    this.quotas.forget({ kind: 'tenant', id });
    this.tenants.remove(id);
    this.feed.announce({ kind: 'tenant-deleted', tenantId: id });
  }

  createCustomer(customer: New<Customer>): Customer {
    return this.customers.create(customer);
  }

  findCustomer(customerId: string): Customer | undefined {
    return this.customers.find(customerId);
  }

  listCustomers(tenantId: string, page: Page): readonly Customer[] {
    return this.customers.list(tenantId, page);
  }

  updateCustomer(customerId: string, change: Change<Customer, 'title'>, expected?: Expectation): Customer {
    return this.customers.update(customerId, change, expected);
  }

  deleteCustomer(customerId: string, expected?: Expectation): void {
    const { id, tenantId } = this.customers.expect(customerId, expected);
    this.devices.unassignAll(id);
    this.plugins.forgetCustomer(tenantId, id);
    this.quotas.forget({ kind: 'customer', id });
    this.customers.remove(id);
    this.feed.announce({ kind: 'customer-deleted', tenantId, customerId: id });
  }

  createDevice(device: New<DeviceRow>, credentials?: Omit<CredentialsRow, 'deviceId'>): DeviceRow {
    return this.devices.create(device, credentials);
  }

  findDevice(deviceId: string): Device | undefined {
    return this.devices.find(deviceId);
  }

  findDeviceRow(deviceId: string): DeviceRow | undefined {
    return this.devices.find(deviceId);
  }

  findDeviceByCredentials(type: CredentialsType, digest: string): Device | undefined {
    return this.devices.findByCredentials(type, digest);
  }

  findDeviceByName(tenantId: string, name: string): Device | undefined {
    return this.devices.findByName(tenantId, name);
  }

  listDevices(tenantId: string, query: DeviceQuery): readonly Device[] {
    return this.devices.list(tenantId, query);
  }

  listDeviceRows(tenantId: string, filter: DeviceFilter): readonly DeviceRow[] {
    return this.devices.listOfTenant(tenantId, filter);
  }

  updateDevice(deviceId: string, change: Change<DeviceRow, 'name' | 'type'>, expected?: Expectation): DeviceRow {
    return this.devices.update(deviceId, change, expected);
  }

  assignDevice(deviceId: string, customerId: string | undefined, expected?: Expectation): DeviceRow {
    return this.devices.assign(deviceId, customerId, expected);
  }

  deleteDevice(deviceId: string, expected?: Expectation): void {
    this.devices.delete(deviceId, expected);
  }

  setCredentials(deviceId: string, type: CredentialsType, digest: string, expected?: Expectation): DeviceRow {
    return this.devices.setCredentials(deviceId, { type, digest }, expected);
  }

  findCredentials(deviceId: string): CredentialsRow | undefined {
    return this.devices.credentialsOf(deviceId);
  }

  listCredentials(deviceIds: readonly string[]): ReadonlyMap<string, CredentialsRow> {
    return foundOf(deviceIds, (id) => this.devices.credentialsOf(id));
  }

  revokeCredentials(deviceId: string, expected?: Expectation): DeviceRow {
    return this.devices.revokeCredentials(deviceId, expected);
  }

  createPlugin(plugin: NewPlugin): PluginDefinition {
    return this.plugins.create(plugin);
  }

  findPlugin(pluginId: string): PluginDefinition | undefined {
    return this.plugins.find(pluginId);
  }

  listPlugins(tenantId: string): readonly PluginDefinition[] {
    return this.plugins.ofTenant(tenantId);
  }

  updatePlugin(
    pluginId: string,
    change: Change<PluginDefinition, 'name' | 'state' | 'configuration' | 'audit'>,
    expected?: Expectation,
  ): PluginDefinition {
    return this.plugins.update(pluginId, change, expected);
  }

  deletePlugin(pluginId: string, expected?: Expectation): void {
    this.plugins.delete(pluginId, expected);
  }

  findEnablement(pluginId: string): EnabledPlugin | undefined {
    return this.plugins.enablement(pluginId);
  }

  replaceEnablement(pluginId: string, enablement: Enablement, expected?: Expectation): PluginDefinition {
    return this.plugins.replaceEnablement(pluginId, enablement, expected);
  }

  setEnabledByDefault(pluginId: string, enabled: boolean, expected?: Expectation): PluginDefinition {
    return this.plugins.setEnabledByDefault(pluginId, enabled, expected);
  }

  putCustomerSettings(
    pluginId: string,
    customerId: string,
    settings: CustomerSettings,
    expected?: Expectation,
  ): PluginDefinition {
    return this.plugins.putSettings(pluginId, customerId, settings, expected);
  }

  deleteCustomerSettings(pluginId: string, customerId: string, expected?: Expectation): PluginDefinition {
    return this.plugins.deleteSettings(pluginId, customerId, expected);
  }

  findCustomerSettings(pluginId: string, customerId: string | undefined): CustomerSettings {
    return this.plugins.settingsFor(pluginId, customerId);
  }

  createRule(rule: New<RuleDefinition>): RuleDefinition {
    return this.rules.create(rule);
  }

  findRule(ruleId: string): RuleDefinition | undefined {
    return this.rules.find(ruleId);
  }

  listRules(tenantId: string): readonly RuleDefinition[] {
    return this.rules.ofTenant(tenantId);
  }

  updateRule(
    ruleId: string,
    change: Partial<Omit<RuleDefinition, 'id' | 'tenantId' | keyof Versioned>>,
    expected?: Expectation,
  ): RuleDefinition {
    return this.rules.update(ruleId, change, expected);
  }

  deleteRule(ruleId: string, expected?: Expectation): void {
    this.rules.delete(ruleId, expected);
  }

  findQuotas(subject: QuotaSubject): Quotas {
    return this.quotas.find(subject);
  }

  putQuotas({ kind, id }: QuotaSubject, quotas: Quotas, expected?: QuotasExpectation): Quotas {
    const row = this.quotaHolder(kind, id);
    const subject = Object.freeze({ kind, id: row.id });
    if (this.quotas.put(subject, quotas, expected)) {
      const tenantId = 'tenantId' in row ? row.tenantId : row.id;
      this.feed.announce({ kind: 'quotas', tenantId, subject });
    }
    return this.quotas.find(subject);
  }

  listQuotas(kind: QuotaSubject['kind'], ids: readonly string[]): ReadonlyMap<string, Quotas> {
    return foundOf(ids, (id) => this.quotas.get({ kind, id }));
  }

  private quotaHolder(kind: QuotaSubject['kind'], id: string): Tenant | Customer | DeviceRow {
    if (kind === 'tenant') return this.tenants.get(id);
    return kind === 'customer' ? this.customers.get(id) : this.devices.get(id);
  }
}

/** What there is for each id, which is taken in any case. */
function foundOf<T>(ids: readonly string[], find: (id: string) => T | undefined): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const given of ids) {
    const id = given.toLowerCase();
    const one = find(id);
    if (one !== undefined) found.set(id, one);
  }
  return found;
}
