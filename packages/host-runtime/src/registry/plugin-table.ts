import {
  idTaken,
  notFound,
  pluginTokenTaken,
  type CustomerSettings,
  type EnabledPlugin,
  type PluginDefinition,
} from '@device-messaging/host-api';
import { isDeepStrictEqual } from 'node:util';

/** What holds when nothing was said of a customer. */
const DEFAULTS: Readonly<Record<'enabled' | 'disabled', CustomerSettings>> = Object.freeze({
  enabled: Object.freeze({ enabled: true, configuration: Object.freeze({}) }),
  disabled: Object.freeze({ enabled: false, configuration: Object.freeze({}) }),
});

interface StoredPlugin {
  definition: PluginDefinition;
  byDefault: CustomerSettings;
  /** By customer. */
  readonly settings: Map<string, CustomerSettings>;
}

/** The plugins of all tenants, with what their tenants say of them for single customers. Checks no tenants or customers. */
export class PluginTable {
  private readonly byId = new Map<string, StoredPlugin>();
  private readonly byTenant = new Map<string, Set<StoredPlugin>>();

  add(definition: PluginDefinition): void {
    const { id, tenantId, apiToken } = definition;
    if (this.byId.has(id)) throw idTaken('plugin', id);
    const others = this.byTenant.get(tenantId) ?? new Set();
    for (const other of others) {
      if (other.definition.apiToken === apiToken) throw pluginTokenTaken(other.definition, apiToken);
    }
    const plugin: StoredPlugin = { definition, byDefault: DEFAULTS.enabled, settings: new Map() };
    this.byId.set(id, plugin);
    this.byTenant.set(tenantId, others.add(plugin));
  }

  find(id: string): PluginDefinition | undefined {
    return this.byId.get(id)?.definition;
  }

  /** @throws RegistryError NOT_FOUND */
  get(id: string): PluginDefinition {
    return this.stored(id).definition;
  }

  ofTenant(tenantId: string): readonly PluginDefinition[] {
    return Array.from(this.byTenant.get(tenantId) ?? [], ({ definition }) => definition);
  }

  /** `definition` takes the place of the one with its id; tenant and token must be the same. */
  replace(definition: PluginDefinition): void {
    this.stored(definition.id).definition = definition;
  }

  remove(id: string): void {
    const plugin = this.stored(id);
    this.byTenant.get(plugin.definition.tenantId)?.delete(plugin);
    this.byId.delete(id);
  }

  removeTenant(tenantId: string): void {
    for (const { definition } of this.byTenant.get(tenantId) ?? []) this.byId.delete(definition.id);
    this.byTenant.delete(tenantId);
  }

  /** Of an unknown plugin: disabled. Ids are taken in any case, and as they are first: every message asks. */
  settingsFor(id: string, customerId: string | undefined): CustomerSettings {
    const plugin = this.byId.get(id) ?? this.byId.get(id.toLowerCase());
    if (plugin === undefined) return DEFAULTS.disabled;
    const { settings, byDefault } = plugin;
    if (customerId === undefined || settings.size === 0) return byDefault;
    return settings.get(customerId) ?? settings.get(customerId.toLowerCase()) ?? byDefault;
  }

  /** All that was set for customers; later changes do not show. */
  enablement(id: string): EnabledPlugin | undefined {
    const stored = this.byId.get(id);
    if (stored === undefined) return undefined;
    const { definition: plugin, byDefault, settings } = stored;
    return Object.freeze({ plugin, enabledByDefault: byDefault.enabled, customers: new Map(settings) });
  }

  /** `false`: that is the default already. */
  setDefault(id: string, enabled: boolean): boolean {
    const plugin = this.stored(id);
    if (plugin.byDefault.enabled === enabled) return false;
    plugin.byDefault = enabled ? DEFAULTS.enabled : DEFAULTS.disabled;
    return true;
  }

  /** `false`: these settings hold already. */
  putSettings(id: string, customerId: string, settings: CustomerSettings): boolean {
    const known = this.stored(id).settings;
    if (isDeepStrictEqual(known.get(customerId), settings)) return false;
    known.set(customerId, settings);
    return true;
  }

  /** `false`: nothing was set. */
  deleteSettings(id: string, customerId: string): boolean {
    return this.stored(id).settings.delete(customerId);
  }

  private stored(id: string): StoredPlugin {
    const plugin = this.byId.get(id);
    if (plugin === undefined) throw notFound('plugin', id);
    return plugin;
  }
}
