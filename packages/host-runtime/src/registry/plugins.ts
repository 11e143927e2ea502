import {
  creationTime,
  customerSettingsRow,
  expectVersion,
  filledText,
  frozenSettings,
  inUse,
  newId,
  nextVersion,
  storableText,
  touchedRow,
  type Change,
  type CustomerSettings,
  type EnabledPlugin,
  type Enablement,
  type Expectation,
  type NewPlugin,
  type PluginDefinition,
} from '@device-messaging/host-api';
import type { Clock } from '@device-messaging/plugin-api';
import type { ChangeFeed } from './change-feed.js';
import type { Customers } from './customers.js';
import { PluginTable } from './plugin-table.js';
import type { Rules } from './rules.js';
import type { Tenants } from './tenants.js';

/** The plugins of all tenants: what may be done with them, and what is announced of it. */
export class Plugins {
  private readonly table = new PluginTable();

  constructor(
    private readonly tenants: Tenants,
    private readonly customers: Customers,
    private readonly rules: Rules,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {}

  find(pluginId: string): PluginDefinition | undefined {
    return this.table.find(pluginId.toLowerCase());
  }

  ofTenant(tenantId: string): readonly PluginDefinition[] {
    return this.table.ofTenant(tenantId.toLowerCase());
  }

  settingsFor(pluginId: string, customerId: string | undefined): CustomerSettings {
    return this.table.settingsFor(pluginId, customerId);
  }

  enablement(pluginId: string): EnabledPlugin | undefined {
    return this.table.enablement(pluginId.toLowerCase());
  }

  create(plugin: NewPlugin): PluginDefinition {
    const definition: PluginDefinition = Object.freeze({
      id: newId(plugin.id, 'plugin'),
      tenantId: this.tenants.get(plugin.tenantId).id,
      name: filledText(plugin.name, "plugin's name"),
      apiToken: filledText(plugin.apiToken, "plugin's apiToken"),
      clazz: storableText(plugin.clazz, "plugin's clazz"),
      state: plugin.state,
      configuration: frozenSettings(plugin.configuration, 'configuration'),
      audit: plugin.audit ?? 'none',
      version: 1,
      createdAt: creationTime(plugin.createdAt, this.clock.now()),
    });
    this.table.add(definition);
    this.announce(definition, false);
    return definition;
  }

  update(
    pluginId: string,
    change: Change<PluginDefinition, 'name' | 'state' | 'configuration' | 'audit'>,
    expected: Expectation | undefined,
  ): PluginDefinition {
    const old = this.expect(pluginId, expected);
    const definition = nextVersion(old, {
      name: filledText(change.name ?? old.name, "plugin's name"),
      state: change.state ?? old.state,
      configuration: frozenSettings(change.configuration ?? old.configuration, 'configuration'),
      audit: change.audit ?? old.audit,
    });
    if (definition === old) return old;
    this.table.replace(definition);
    this.announce(definition, false);
    return definition;
  }

  delete(pluginId: string, expected: Expectation | undefined): void {
    const plugin = this.expect(pluginId, expected);
    const user = this.rules.ofTenant(plugin.tenantId).find((rule) => rule.pluginToken === plugin.apiToken);
    if (user !== undefined) throw inUse(plugin, user);
    this.table.remove(plugin.id);
    this.announce(plugin, true);
  }

  removeTenant(tenantId: string): void {
    this.table.removeTenant(tenantId);
  }

  setEnabledByDefault(pluginId: string, enabled: boolean, expected: Expectation | undefined): PluginDefinition {
    const plugin = this.expect(pluginId, expected);
    return this.table.setDefault(plugin.id, enabled) ? this.settingsChanged(plugin, [undefined]) : plugin;
  }

  putSettings(
    pluginId: string,
    customerId: string,
    settings: CustomerSettings,
    expected: Expectation | undefined,
  ): PluginDefinition {
    const plugin = this.expect(pluginId, expected);
    const customer = this.customers.idWithin(plugin.tenantId, customerId);
    const isChanged = this.table.putSettings(plugin.id, customer, customerSettingsRow(settings));
    return isChanged ? this.settingsChanged(plugin, [customer]) : plugin;
  }

  deleteSettings(pluginId: string, customerId: string, expected: Expectation | undefined): PluginDefinition {
    const plugin = this.expect(pluginId, expected);
    const customer = customerId.toLowerCase();
    return this.table.deleteSettings(plugin.id, customer) ? this.settingsChanged(plugin, [customer]) : plugin;
  }

  replaceEnablement(pluginId: string, wanted: Enablement, expected: Expectation | undefined): PluginDefinition {
    const plugin = this.expect(pluginId, expected);
    const customers = new Map(
      Array.from(wanted.customers, ([id, settings]) => [
        this.customers.idWithin(plugin.tenantId, id),
        customerSettingsRow(settings),
      ]),
    );
    const changed: (string | undefined)[] = [];
    for (const id of this.table.enablement(plugin.id)?.customers.keys() ?? []) {
      if (!customers.has(id) && this.table.deleteSettings(plugin.id, id)) changed.push(id);
    }
    for (const [id, settings] of customers) if (this.table.putSettings(plugin.id, id, settings)) changed.push(id);
    if (this.table.setDefault(plugin.id, wanted.enabledByDefault)) changed.push(undefined);
    return changed.length > 0 ? this.settingsChanged(plugin, changed) : plugin;
  }

  /** What was set for a customer that is about to be deleted is forgotten; that is announced with its deletion. */
  forgetCustomer(tenantId: string, customerId: string): void {
    for (const plugin of this.table.ofTenant(tenantId)) {
      if (this.table.deleteSettings(plugin.id, customerId)) this.table.replace(touchedRow(plugin));
    }
  }

  private expect(pluginId: string, expected: Expectation | undefined): PluginDefinition {
    const plugin = this.table.get(pluginId.toLowerCase());
    expectVersion('plugin', plugin, expected);
    return plugin;
  }

  private announce({ tenantId, id: pluginId }: PluginDefinition, deleted: boolean): void {
    this.feed.announce({ kind: 'plugin', tenantId, pluginId, deleted });
  }

  private settingsChanged(plugin: PluginDefinition, customerIds: readonly (string | undefined)[]): PluginDefinition {
    const touched = touchedRow(plugin);
    this.table.replace(touched);
    const { tenantId, id: pluginId } = plugin;
    for (const customerId of customerIds) {
      this.feed.announce({ kind: 'customer-settings', tenantId, pluginId, customerId });
    }
    return touched;
  }
}
