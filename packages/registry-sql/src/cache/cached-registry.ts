import {
  asId,
  isDigest,
  isStorable,
  UNLIMITED,
  type CredentialsType,
  type CustomerSettings,
  type DeviceRegistry,
  type DeviceRow,
  type PluginDefinition,
  type Quotas,
  type QuotaSubject,
  type RuleDefinition,
} from '@device-messaging/host-api';
import type { Awaitable, Device, DeviceQuery } from '@device-messaging/plugin-api';
import { credentialsKey, nameKey, pageKey, quotasKey, type RegistryCache } from './registry-cache.js';
import type { RegistryQueries } from './registry-queries.js';

const NO_ROWS: readonly never[] = Object.freeze([]);
const UNKNOWN_PLUGIN: CustomerSettings = Object.freeze({ enabled: false, configuration: Object.freeze({}) });

/** The read side of the registry: from memory, synchronously, else from the database. Closures stand on the slow way. */
export class CachedRegistry implements Omit<DeviceRegistry, 'changes'> {
  constructor(
    private readonly cache: RegistryCache,
    private readonly queries: RegistryQueries,
  ) {}

  findDevice(deviceId: string): Awaitable<Device | undefined> {
    const known = this.cache.devices.peek(deviceId);
    return known === undefined ? this.loadDevice(deviceId) : (known ?? undefined);
  }

  findDeviceByCredentials(type: CredentialsType, digest: string): Awaitable<Device | undefined> {
    const known = this.cache.credentials.peek(credentialsKey(type, digest));
    if (known === undefined) return isDigest(digest) ? this.loadByCredentials(type, digest) : undefined;
    return known === null ? undefined : this.findDevice(known.deviceId);
  }

  findDeviceByName(tenantId: string, name: string): Awaitable<Device | undefined> {
    const tenant = asId(tenantId);
    if (tenant === undefined || !isStorable(name)) return undefined;
    const known = this.cache.names.peek(nameKey(tenant, name));
    if (known === undefined) return this.loadByName(tenant, name);
    return known === null ? undefined : this.findDevice(known.deviceId);
  }

  listDevices(tenantId: string, query: DeviceQuery): Awaitable<readonly Device[]> {
    const [tenant, customer] = [asId(tenantId), asId(query.customerId)];
    if (tenant === undefined || customer === undefined || query.limit <= 0) return NO_ROWS;
    const after = query.after === undefined ? undefined : asId(query.after);
    if (after === undefined && query.after !== undefined) return NO_ROWS;
    const { type, name } = query;
    if ((type !== undefined && !isStorable(type)) || (name !== undefined && !isStorable(name))) return NO_ROWS;
    const except = query.except?.toLowerCase();
    // One page for all who ask: each leaves out itself.
    const limit = except === undefined ? query.limit : query.limit + 1;
    const filter = `${type === undefined ? '' : type.length} ${type ?? ''} ${name === undefined ? '' : `=${name}`}`;
    const key = pageKey(tenant, customer, `${limit} ${after ?? ''} ${filter}`);
    const known = this.cache.pages.peek(key);
    if (known !== undefined) return without(known ?? NO_ROWS, except, query.limit);
    return this.cache.pages
      .load(key, () => this.queries.devicesOf(tenant, customer, { limit, after, type, name }))
      .then((rows) => without(rows ?? NO_ROWS, except, query.limit));
  }

  listRules(tenantId: string): Awaitable<readonly RuleDefinition[]> {
    const known = this.cache.rules.peek(tenantId);
    if (known) return known;
    const id = asId(tenantId);
    if (id === undefined) return NO_ROWS;
    if (id !== tenantId) return this.listRules(id);
    return this.cache.rules.load(id, () => this.queries.rules(id)).then((rows) => rows ?? NO_ROWS);
  }

  listPlugins(tenantId: string): Awaitable<readonly PluginDefinition[]> {
    const known = this.cache.plugins.peek(tenantId);
    if (known) return known;
    const id = asId(tenantId);
    if (id === undefined) return NO_ROWS;
    if (id !== tenantId) return this.listPlugins(id);
    return this.cache.plugins.load(id, () => this.queries.plugins(id)).then((rows) => rows ?? NO_ROWS);
  }

  findCustomerSettings(pluginId: string, customerId: string | undefined): Awaitable<CustomerSettings> {
    const known = this.cache.settings.peek(pluginId, customerId);
    return known ?? this.loadSettings(pluginId, customerId);
  }

  findQuotas(subject: QuotaSubject): Awaitable<Quotas> {
    const known = this.cache.quotas.peek(quotasKey(subject));
    return known ?? this.loadQuotas(subject);
  }

  private loadDevice(given: string): Awaitable<Device | undefined> {
    const id = asId(given);
    if (id === undefined) return undefined;
    // Given in other letters than it is kept under.
    if (id !== given) return this.findDevice(id);
    return this.cache.devices.load(id, () => this.queries.device(id)).then(orUndefined);
  }

  private async loadByCredentials(type: CredentialsType, digest: string): Promise<Device | undefined> {
    const ref = await this.cache.credentials.load(credentialsKey(type, digest), () =>
      this.refTo(() => this.queries.deviceByCredentials(type, digest)),
    );
    return ref === null ? undefined : this.findDevice(ref.deviceId);
  }

  private async loadByName(tenantId: string, name: string): Promise<Device | undefined> {
    const ref = await this.cache.names.load(nameKey(tenantId, name), () =>
      this.refTo(() => this.queries.deviceByName(tenantId, name)),
    );
    return ref === null ? undefined : this.findDevice(ref.deviceId);
  }

  /** The row that was found by the way is kept as well, unless something changed meanwhile. */
  private async refTo(query: () => Promise<DeviceRow | null>): Promise<{ deviceId: string; tenantId: string } | null> {
    const { evictions } = this.cache;
    const row = await query();
    if (row === null) return null;
    if (evictions === this.cache.evictions) this.cache.devices.put(row.id, row);
    return { deviceId: row.id, tenantId: row.tenantId };
  }

  private loadSettings(pluginId: string, customerId: string | undefined): Awaitable<CustomerSettings> {
    const plugin = asId(pluginId);
    if (plugin === undefined) return UNKNOWN_PLUGIN;
    const customer = customerId === undefined ? undefined : asId(customerId);
    if (plugin !== pluginId || customer !== customerId) return this.findCustomerSettings(plugin, customer);
    return this.cache.settings
      .load(plugin, customer, () => this.queries.settings(plugin, customer))
      .then((settings) => settings ?? UNKNOWN_PLUGIN);
  }

  private loadQuotas({ kind, id: given }: QuotaSubject): Awaitable<Quotas> {
    const id = asId(given);
    if (id === undefined) return UNLIMITED;
    if (id !== given) return this.findQuotas({ kind, id });
    return this.cache.quotas
      .load(quotasKey({ kind, id }), () => this.queries.quotas({ kind, id }))
      .then((quotas) => quotas ?? UNLIMITED);
  }
}

function orUndefined<T>(value: T | null): T | undefined {
  return value ?? undefined;
}

function without(rows: readonly DeviceRow[], except: string | undefined, limit: number): readonly DeviceRow[] {
  if (except === undefined) return rows;
  const others = rows.filter((row) => row.id !== except);
  return others.length > limit ? others.slice(0, limit) : others;
}
