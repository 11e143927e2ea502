import type {
  CredentialsType,
  Customer,
  CustomerSettings,
  DeviceRegistry,
  DeviceRow,
  New,
  PluginDefinition,
  RegistryAdmin,
  RegistryChange,
  RuleDefinition,
  Tenant,
} from '@device-messaging/host-api';
import type { Clock, Device, DeviceQuery } from '@device-messaging/plugin-api';
import type { Observable } from 'rxjs';
import { ChangeFeed } from './change-feed.js';
import { DeviceTable } from './device-table.js';
import { PluginTable } from './plugin-table.js';
import {
  alreadyExists,
  creationTime,
  filledText,
  frozenSettings,
  inUse,
  newId,
  notFound,
  sha256Digest,
} from './row-checks.js';
import { ruleRow } from './rule-row.js';

/**
 * A registry that lives and dies with its process: for tests, for demonstrations, and for hosts that fill it from a
 * source of their own. Everything is synchronous. Made for a million devices and more; ids are taken in any case.
 */
export class InMemoryRegistry implements DeviceRegistry, RegistryAdmin {
  private readonly tenants = new Map<string, Tenant>();
  private readonly customers = new Map<string, Customer>();
  private readonly devices = new DeviceTable();
  private readonly plugins = new PluginTable();
  private readonly rules = new Map<string, RuleDefinition>();
  /** Ids of customers and rules, by tenant. */
  private readonly holdings = new Map<string, { readonly customers: Set<string>; readonly rules: Set<string> }>();
  private readonly feed = new ChangeFeed();

  /** @param clock stamps new rows; the system's when absent */
  constructor(private readonly clock: Clock = { now: () => Date.now() }) {}

  get changes(): Observable<RegistryChange> {
    return this.feed.changes;
  }

  findDeviceByCredentials(type: CredentialsType, digest: string): Device | undefined {
    return this.devices.findByCredentials(type, digest);
  }

  findDevice(deviceId: string): Device | undefined {
    return this.devices.find(deviceId) ?? this.devices.find(deviceId.toLowerCase());
  }

  findDeviceByName(tenantId: string, name: string): Device | undefined {
    return this.devices.findByName(tenantId.toLowerCase(), name);
  }

  listDevices(tenantId: string, query: DeviceQuery): readonly Device[] {
    const customerId = query.customerId.toLowerCase();
    if (this.customers.get(customerId)?.tenantId !== tenantId.toLowerCase()) return [];
    const [after, except] = [query.after?.toLowerCase(), query.except?.toLowerCase()];
    return this.devices.list({ ...query, customerId, after, except });
  }

  listRules(tenantId: string): readonly RuleDefinition[] {
    return Array.from(this.holdings.get(tenantId.toLowerCase())?.rules ?? [], (id) => this.rule(id));
  }

  listPlugins(tenantId: string): readonly PluginDefinition[] {
    return this.plugins.ofTenant(tenantId.toLowerCase());
  }

  findCustomerSettings(pluginId: string, customerId: string | undefined): CustomerSettings {
    return this.plugins.settingsFor(pluginId, customerId);
  }

  createTenant({ id: given, title }: New<Tenant>): Tenant {
    const id = newId(given, 'tenant');
    if (this.tenants.has(id)) throw alreadyExists(`A tenant with the id ${id} exists already`);
    const tenant = Object.freeze({ id, title: filledText(title, "tenant's title") });
    this.tenants.set(id, tenant);
    this.holdings.set(id, { customers: new Set(), rules: new Set() });
    return tenant;
  }

  deleteTenant(tenantId: string): void {
    const { id } = this.tenant(tenantId);
    const { customers, rules } = this.holdingsOf(id);
    this.devices.removeTenant(id, customers);
    this.plugins.removeTenant(id);
    for (const customerId of customers) this.customers.delete(customerId);
    for (const ruleId of rules) this.rules.delete(ruleId);
    this.holdings.delete(id);
    this.tenants.delete(id);
    this.feed.announce({ kind: 'tenant-deleted', tenantId: id });
  }

  createCustomer({ id: given, tenantId, title }: New<Customer>): Customer {
    const id = newId(given, 'customer');
    const tenant = this.tenant(tenantId);
    if (this.customers.has(id)) throw alreadyExists(`A customer with the id ${id} exists already`);
    const customer = Object.freeze({ id, tenantId: tenant.id, title: filledText(title, "customer's title") });
    this.customers.set(id, customer);
    this.holdingsOf(tenant.id).customers.add(id);
    return customer;
  }

  deleteCustomer(customerId: string): void {
    const { id, tenantId } = this.customer(customerId);
    for (const row of this.devices.ofCustomer(id))
      this.devices.replace(Object.freeze({ ...row, customerId: undefined }));
    for (const plugin of this.plugins.ofTenant(tenantId)) this.plugins.deleteSettings(plugin.id, id);
    this.holdingsOf(tenantId).customers.delete(id);
    this.customers.delete(id);
    this.feed.announce({ kind: 'customer-deleted', tenantId, customerId: id });
  }

  createDevice(device: New<DeviceRow>): DeviceRow {
    const tenant = this.tenant(device.tenantId);
    const row: DeviceRow = Object.freeze({
      id: newId(device.id, 'device'),
      // The ids of the owners' rows, not the given texts: a million devices share them.
      tenantId: tenant.id,
      customerId: this.customerOf(tenant.id, device.customerId),
      name: filledText(device.name, "device's name"),
      type: filledText(device.type, "device's type"),
      createdAt: creationTime(device.createdAt, this.clock.now()),
    });
    this.devices.add(row);
    this.announceDevice(row, false);
    return row;
  }

  assignDevice(deviceId: string, customerId: string | undefined): DeviceRow {
    const row = this.devices.get(deviceId.toLowerCase());
    const assigned = Object.freeze({ ...row, customerId: this.customerOf(row.tenantId, customerId) });
    if (assigned.customerId === row.customerId) return row;
    this.devices.replace(assigned);
    this.announceDevice(assigned, false);
    return assigned;
  }

  deleteDevice(deviceId: string): void {
    const row = this.devices.get(deviceId.toLowerCase());
    this.devices.remove(row.id);
    this.announceDevice(row, true);
  }

  setCredentials(deviceId: string, type: CredentialsType, digest: string): void {
    const { id, tenantId } = this.devices.get(deviceId.toLowerCase());
    const changed = this.devices.setCredentials(id, type, sha256Digest(digest));
    if (changed) this.feed.announce({ kind: 'credentials', tenantId, deviceId: id });
  }

  revokeCredentials(deviceId: string): void {
    const { id, tenantId } = this.devices.get(deviceId.toLowerCase());
    if (this.devices.revokeCredentials(id)) this.feed.announce({ kind: 'credentials', tenantId, deviceId: id });
  }

  createPlugin(plugin: New<PluginDefinition>): PluginDefinition {
    const definition: PluginDefinition = Object.freeze({
      id: newId(plugin.id, 'plugin'),
      tenantId: this.tenant(plugin.tenantId).id,
      name: filledText(plugin.name, "plugin's name"),
      apiToken: filledText(plugin.apiToken, "plugin's apiToken"),
      clazz: plugin.clazz,
      state: plugin.state,
      configuration: frozenSettings(plugin.configuration, 'configuration'),
      createdAt: creationTime(plugin.createdAt, this.clock.now()),
    });
    this.plugins.add(definition);
    this.announcePlugin(definition, false);
    return definition;
  }

  updatePlugin(
    pluginId: string,
    change: Partial<Pick<PluginDefinition, 'name' | 'state' | 'configuration'>>,
  ): PluginDefinition {
    const old = this.plugins.get(pluginId.toLowerCase());
    const definition: PluginDefinition = Object.freeze({
      ...old,
      name: filledText(change.name ?? old.name, "plugin's name"),
      state: change.state ?? old.state,
      configuration: frozenSettings(change.configuration ?? old.configuration, 'configuration'),
    });
    this.plugins.replace(definition);
    this.announcePlugin(definition, false);
    return definition;
  }

  deletePlugin(pluginId: string): void {
    const plugin = this.plugins.get(pluginId.toLowerCase());
    const user = this.listRules(plugin.tenantId).find((rule) => rule.pluginToken === plugin.apiToken);
    if (user !== undefined) throw inUse(plugin, user);
    this.plugins.remove(plugin.id);
    this.announcePlugin(plugin, true);
  }

  setEnabledByDefault(pluginId: string, enabled: boolean): void {
    const { id, tenantId } = this.plugins.get(pluginId.toLowerCase());
    this.plugins.setDefault(id, enabled);
    this.feed.announce({ kind: 'customer-settings', tenantId, pluginId: id, customerId: undefined });
  }

  putCustomerSettings(pluginId: string, customerId: string, settings: CustomerSettings): void {
    const { id, tenantId } = this.plugins.get(pluginId.toLowerCase());
    const customer = this.customerOf(tenantId, customerId);
    const configuration = frozenSettings(settings.configuration, 'configuration');
    this.plugins.putSettings(id, customer, Object.freeze({ enabled: settings.enabled, configuration }));
    this.feed.announce({ kind: 'customer-settings', tenantId, pluginId: id, customerId: customer });
  }

  deleteCustomerSettings(pluginId: string, customerId: string): void {
    const { id, tenantId } = this.plugins.get(pluginId.toLowerCase());
    const customer = customerId.toLowerCase();
    if (!this.plugins.deleteSettings(id, customer)) return;
    this.feed.announce({ kind: 'customer-settings', tenantId, pluginId: id, customerId: customer });
  }

  listCustomerSettings(pluginId: string): ReadonlyMap<string, CustomerSettings> {
    return this.plugins.settingsOf(pluginId.toLowerCase());
  }

  createRule(rule: New<RuleDefinition>): RuleDefinition {
    const tenant = this.tenant(rule.tenantId);
    const id = newId(rule.id, 'rule');
    if (this.rules.has(id)) throw alreadyExists(`A rule with the id ${id} exists already`);
    const createdAt = creationTime(rule.createdAt, this.clock.now());
    const row = ruleRow({ ...rule, id, tenantId: tenant.id, createdAt });
    this.holdingsOf(tenant.id).rules.add(id);
    return this.putRule(row);
  }

  updateRule(ruleId: string, change: Partial<Omit<RuleDefinition, 'id' | 'tenantId' | 'createdAt'>>): RuleDefinition {
    const { id, tenantId, createdAt, ...rest } = this.rule(ruleId.toLowerCase());
    return this.putRule(ruleRow({ ...rest, ...change, id, tenantId, createdAt }));
  }

  deleteRule(ruleId: string): void {
    const { id, tenantId } = this.rule(ruleId.toLowerCase());
    this.rules.delete(id);
    this.holdingsOf(tenantId).rules.delete(id);
    this.feed.announce({ kind: 'rules', tenantId });
  }

  private putRule(row: RuleDefinition): RuleDefinition {
    this.rules.set(row.id, row);
    this.feed.announce({ kind: 'rules', tenantId: row.tenantId });
    return row;
  }

  private announceDevice({ tenantId, id: deviceId }: DeviceRow, deleted: boolean): void {
    this.feed.announce({ kind: 'device', tenantId, deviceId, deleted });
  }

  private announcePlugin({ tenantId, id: pluginId }: PluginDefinition, deleted: boolean): void {
    this.feed.announce({ kind: 'plugin', tenantId, pluginId, deleted });
  }

  private tenant(given: string): Tenant {
    const tenant = this.tenants.get(given.toLowerCase());
    if (tenant === undefined) throw notFound('tenant', given);
    return tenant;
  }

  private customer(given: string): Customer {
    const customer = this.customers.get(given.toLowerCase());
    if (customer === undefined) throw notFound('customer', given);
    return customer;
  }

  /** The id of one of the tenant's customers. Another tenant's is not found, so that nobody learns what exists elsewhere. */
  private customerOf(tenantId: string, given: string): string;
  private customerOf(tenantId: string, given: string | undefined): string | undefined;
  private customerOf(tenantId: string, given: string | undefined): string | undefined {
    if (given === undefined) return undefined;
    const customer = this.customers.get(given.toLowerCase());
    if (customer?.tenantId !== tenantId) throw notFound('customer', given, ` in the tenant ${tenantId}`);
    return customer.id;
  }

  private rule(id: string): RuleDefinition {
    const rule = this.rules.get(id);
    if (rule === undefined) throw notFound('rule', id);
    return rule;
  }

  private holdingsOf(tenantId: string): { readonly customers: Set<string>; readonly rules: Set<string> } {
    const holdings = this.holdings.get(tenantId);
    if (holdings === undefined) throw notFound('tenant', tenantId);
    return holdings;
  }
}
