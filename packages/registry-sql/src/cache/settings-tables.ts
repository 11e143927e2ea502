import type { CustomerSettings } from '@device-messaging/host-api';
import type { CacheTable } from './cache-table.js';

/** Stands for the customer of devices that have none. */
const NO_CUSTOMER = '';

/**
 * What plugins are to customers: a table for each plugin, by customer. One table by both ids would put a key together,
 * and hash it, at every look-up, of which each message costs one: more than the look-up itself.
 */
export class SettingsTables {
  private readonly tables = new Map<string, CacheTable<CustomerSettings>>();

  constructor(private readonly newTable: () => CacheTable<CustomerSettings>) {}

  /** As {@link CacheTable.peek}. */
  peek(pluginId: string, customerId: string | undefined): CustomerSettings | null | undefined {
    return this.tables.get(pluginId)?.peek(customerId ?? NO_CUSTOMER);
  }

  /** As {@link CacheTable.load}. */
  load(
    pluginId: string,
    customerId: string | undefined,
    query: () => Promise<CustomerSettings | null>,
  ): Promise<CustomerSettings | null> {
    let table = this.tables.get(pluginId);
    if (table === undefined) {
      table = this.newTable();
      this.tables.set(pluginId, table);
    }
    return table.load(customerId ?? NO_CUSTOMER, query);
  }

  evict(pluginId: string, customerId: string): void {
    this.tables.get(pluginId)?.evict(customerId);
  }

  /** Cleared before it goes: what it is loading must not be kept. */
  evictPlugin(pluginId: string): void {
    this.tables.get(pluginId)?.clear();
    this.tables.delete(pluginId);
  }

  evictCustomer(customerId: string): void {
    for (const table of this.tables.values()) table.evict(customerId);
  }

  clear(): void {
    for (const table of this.tables.values()) table.clear();
    this.tables.clear();
  }
}
