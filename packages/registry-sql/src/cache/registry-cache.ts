import type {
  CredentialsType,
  CustomerSettings,
  DeviceRow,
  LimitRanges,
  PluginDefinition,
  Quotas,
  QuotaSubject,
  RegistryChange,
  RuleDefinition,
} from '@device-messaging/host-api';
import { CacheCounters, CacheTable, type TableRules } from './cache-table.js';
import { EntryRing, type CacheLimits } from './entry-ring.js';
import { SettingsTables } from './settings-tables.js';

/** The device that has credentials or a name, and whose it is. */
export interface DeviceRef {
  readonly deviceId: string;
  readonly tenantId: string;
}

/** What the host asks while messages flow may take this much, unless said otherwise: some 100,000 devices at work. */
export const DEFAULT_CACHE_LIMITS: CacheLimits = { maxEntries: 500_000, maxBytes: 192 * 1024 * 1024 };

/** What each limit may be. With less than the rows of one page, or of one tenant's rules, nothing would be kept. */
export const CACHE_LIMIT_RANGES: LimitRanges<CacheLimits> = {
  maxEntries: [1_000, 100_000_000],
  maxBytes: [1024 * 1024, 64 * 1024 * 1024 * 1024],
};

/** Part of the entries that answers of "there is none" may be. */
const NEGATIVE_SHARE = 0.05;

/** Rough size of an entry with nothing in it: key, place in the table, links. */
const ENTRY_BYTES = 220;
const DEVICE_BYTES = 260;

/** The group of answers that there is none. */
const NONE = 'none';

/** What the host knows of the registry, each kind by its own key, all under one limit. Knows what a change makes untrue. */
export class RegistryCache {
  readonly counters = new CacheCounters();
  private readonly ring: EntryRing;
  private readonly negatives: EntryRing;
  /** By id. */
  readonly devices: CacheTable<DeviceRow>;
  /** By {@link credentialsKey}. */
  readonly credentials: CacheTable<DeviceRef>;
  /** By {@link nameKey}. */
  readonly names: CacheTable<DeviceRef>;
  /** Pages of devices by {@link pageKey}. */
  readonly pages: CacheTable<readonly DeviceRow[]>;
  /** By tenant. */
  readonly rules: CacheTable<readonly RuleDefinition[]>;
  /** By tenant. */
  readonly plugins: CacheTable<readonly PluginDefinition[]>;
  readonly settings: SettingsTables;
  /** By {@link quotasKey}. */
  readonly quotas: CacheTable<Quotas>;
  private evictionCount = 0;

  constructor({ maxEntries, maxBytes }: CacheLimits = DEFAULT_CACHE_LIMITS) {
    const forNegatives = Math.max(1, Math.floor(maxEntries * NEGATIVE_SHARE));
    this.ring = new EntryRing({ maxEntries, maxBytes });
    this.negatives = new EntryRing({ maxEntries: forNegatives, maxBytes: Number.POSITIVE_INFINITY });
    this.devices = this.table({ sizeOf: (row) => (row === null ? ENTRY_BYTES : deviceBytes(row)) });
    this.credentials = this.table({
      sizeOf: () => ENTRY_BYTES + 100,
      groupsOf: (ref) => [ref === null ? NONE : ref.deviceId],
    });
    this.names = this.table({
      sizeOf: (_ref, key) => ENTRY_BYTES + 2 * key.length,
      groupsOf: (_, key) => [ownerOf(key)],
    });
    this.pages = this.table({
      sizeOf: (rows) => ENTRY_BYTES + (rows ?? []).reduce((bytes, row) => bytes + deviceBytes(row), 0),
      groupsOf: (_rows, key) => [ownerOf(key), key.slice(36, 72)],
    });
    this.rules = this.table<readonly RuleDefinition[]>({ sizeOf: jsonBytes });
    this.plugins = this.table<readonly PluginDefinition[]>({ sizeOf: jsonBytes });
    this.settings = new SettingsTables(() => this.table<CustomerSettings>({ sizeOf: jsonBytes }));
    this.quotas = this.table({ sizeOf: () => ENTRY_BYTES + 50 });
  }

  /** Rises with every eviction: rows that were read meanwhile may be old. */
  get evictions(): number {
    return this.evictionCount;
  }

  get entries(): number {
    return this.ring.entries + this.negatives.entries;
  }

  /** Roughly. */
  get bytes(): number {
    return this.ring.bytes + this.negatives.bytes;
  }

  /** @param customerIds customers among whose devices the device of the change was or is, if that is known */
  evict(change: RegistryChange, customerIds?: readonly string[]): void {
    this.evictionCount++;
    switch (change.kind) {
      case 'device':
        this.evictDevice(change, customerIds);
        break;
      case 'credentials':
        // The device has another version, which nobody is told who asks here.
        this.credentials.evictGroup(change.deviceId);
        this.credentials.evictGroup(NONE);
        break;
      case 'rules':
        this.rules.evict(change.tenantId);
        break;
      case 'plugin':
        this.plugins.evict(change.tenantId);
        this.settings.evictPlugin(change.pluginId);
        break;
      case 'customer-settings':
        this.plugins.evict(change.tenantId);
        if (change.customerId === undefined) this.settings.evictPlugin(change.pluginId);
        else this.settings.evict(change.pluginId, change.customerId);
        break;
      case 'quotas':
        this.quotas.evict(quotasKey(change.subject));
        break;
      case 'customer-deleted':
        this.evictCustomer(change);
        break;
      case 'tenant-deleted':
        this.evictTenant(change.tenantId);
        break;
    }
  }

  /** For a node that does not know what it missed. */
  clear(): void {
    this.evictionCount++;
    for (const table of [this.devices, this.credentials, this.names, this.pages]) table.clear();
    for (const table of [this.rules, this.plugins, this.settings, this.quotas]) table.clear();
  }

  private evictDevice(
    { tenantId, deviceId, deleted }: Extract<RegistryChange, { kind: 'device' }>,
    customerIds: readonly string[] | undefined,
  ): void {
    this.devices.evict(deviceId);
    this.names.evictGroup(tenantId);
    for (const owner of customerIds ?? [tenantId]) this.pages.evictGroup(owner);
    // A new device may have come with the credentials that somebody tried before.
    this.credentials.evictGroup(deleted ? deviceId : NONE);
    if (deleted) this.quotas.evict(quotasKey({ kind: 'device', id: deviceId }));
  }

  private evictCustomer({ tenantId, customerId }: Extract<RegistryChange, { kind: 'customer-deleted' }>): void {
    // What was said of the customer is gone, which makes other versions of plugins.
    this.plugins.evict(tenantId);
    this.devices.evictWhere((row) => row.customerId === customerId);
    this.pages.evictGroup(customerId);
    this.settings.evictCustomer(customerId);
    this.quotas.evict(quotasKey({ kind: 'customer', id: customerId }));
  }

  private evictTenant(tenantId: string): void {
    this.devices.evictWhere((row) => row.tenantId === tenantId);
    this.credentials.evictWhere((ref) => ref.tenantId === tenantId);
    this.names.evictGroup(tenantId);
    this.pages.evictGroup(tenantId);
    this.rules.evict(tenantId);
    this.plugins.evict(tenantId);
    // Whose these are is not kept with them; they are small and soon read again.
    this.settings.clear();
    this.quotas.clear();
  }

  private table<V>(rules: TableRules<V | null>): CacheTable<V> {
    return new CacheTable<V>(this.ring, this.negatives, this.counters, rules);
  }
}

export function credentialsKey(type: CredentialsType, digest: string): string {
  return type.charAt(0) + digest;
}

/** Ids have 36 characters: what follows may be any text. */
export function nameKey(tenantId: string, name: string): string {
  return tenantId + name;
}

export function pageKey(tenantId: string, customerId: string, rest: string): string {
  return tenantId + customerId + rest;
}

export function quotasKey({ kind, id }: QuotaSubject): string {
  return kind.charAt(0) + id;
}

function ownerOf(key: string): string {
  return key.slice(0, 36);
}

function deviceBytes({ name, type }: DeviceRow): number {
  return ENTRY_BYTES + DEVICE_BYTES + 2 * (name.length + type.length);
}

/** Objects take some four times the room of their JSON. */
function jsonBytes(value: unknown): number {
  return ENTRY_BYTES + 4 * JSON.stringify(value).length;
}
