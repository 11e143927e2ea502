import {
  asId,
  isStorable,
  type CredentialsRow,
  type Customer,
  type CustomerSettings,
  type DeviceFilter,
  type DeviceRow,
  type EnabledPlugin,
  type Page,
  type PluginDefinition,
  type Quotas,
  type QuotaSubject,
  type RuleDefinition,
  type Tenant,
} from '@device-messaging/host-api';
import { sql } from 'kysely';
import type { Reads } from '../database/schema.js';
import {
  credentialsRow,
  customerRow,
  DEVICE_COLUMNS,
  deviceRow,
  pluginRow,
  quotasOf,
  ruleRowOf,
  settingsRow,
  tenantRow,
} from '../rows/row-mapping.js';
import { isAfter, pageOf } from './row-page.js';

/** What administrators read: as it is in the database now, past the cache. */
export class AdminReads {
  constructor(private readonly db: Reads) {}

  async findTenant(tenantId: string): Promise<Tenant | undefined> {
    const id = asId(tenantId);
    if (id === undefined) return undefined;
    const row = await this.db.selectFrom('tenants').selectAll().where('id', '=', id).executeTakeFirst();
    return row && tenantRow(row);
  }

  async listTenants(page: Page): Promise<readonly Tenant[]> {
    let rows = this.db.selectFrom('tenants').selectAll();
    if (page.after !== undefined) rows = rows.where(isAfter('tenants', page.after));
    return (await pageOf(rows, 'tenants', page).execute()).map(tenantRow);
  }

  async findCustomer(customerId: string): Promise<Customer | undefined> {
    const id = asId(customerId);
    if (id === undefined) return undefined;
    const row = await this.db.selectFrom('customers').selectAll().where('id', '=', id).executeTakeFirst();
    return row && customerRow(row);
  }

  async listCustomers(tenantId: string, page: Page): Promise<readonly Customer[]> {
    const owner = asId(tenantId);
    if (owner === undefined) return [];
    let rows = this.db.selectFrom('customers').selectAll().where('tenant_id', '=', owner);
    if (page.after !== undefined) rows = rows.where(isAfter('customers', page.after, sql`edge.tenant_id = ${owner}`));
    return (await pageOf(rows, 'customers', page).execute()).map(customerRow);
  }

  async findDeviceRow(deviceId: string): Promise<DeviceRow | undefined> {
    const id = asId(deviceId);
    if (id === undefined) return undefined;
    const row = await this.db.selectFrom('devices').select(DEVICE_COLUMNS).where('id', '=', id).executeTakeFirst();
    return row && deviceRow(row);
  }

  async listDeviceRows(tenantId: string, filter: DeviceFilter): Promise<readonly DeviceRow[]> {
    const tenant = asId(tenantId);
    if (tenant === undefined) return [];
    let rows = this.db.selectFrom('devices').select(DEVICE_COLUMNS).where('tenant_id', '=', tenant);
    let edge = sql`edge.tenant_id = ${tenant}`;
    if (filter.customerId === null) {
      rows = rows.where('customer_id', 'is', null);
      edge = sql`edge.tenant_id = ${tenant} and edge.customer_id is null`;
    } else if (filter.customerId !== undefined) {
      const customer = asId(filter.customerId) ?? '';
      rows = rows.where('customer_id', '=', customer);
      edge = sql`edge.tenant_id = ${tenant} and edge.customer_id = ${customer}`;
    }
    for (const column of ['name', 'type'] as const) {
      const value = filter[column];
      if (value === undefined) continue;
      if (!isStorable(value)) return [];
      rows = rows.where(column, '=', value);
    }
    if (filter.after !== undefined) rows = rows.where(isAfter('devices', filter.after, edge));
    return (await pageOf(rows, 'devices', filter).execute()).map(deviceRow);
  }

  async findCredentials(deviceId: string): Promise<CredentialsRow | undefined> {
    const id = asId(deviceId);
    if (id === undefined) return undefined;
    const row = await this.db.selectFrom('credentials').selectAll().where('device_id', '=', id).executeTakeFirst();
    return row && credentialsRow(row);
  }

  async listCredentials(deviceIds: readonly string[]): Promise<ReadonlyMap<string, CredentialsRow>> {
    const ids = deviceIds.flatMap((id) => asId(id) ?? []);
    if (ids.length === 0) return new Map();
    const rows = await this.db.selectFrom('credentials').selectAll().where('device_id', 'in', ids).execute();
    return new Map(rows.map((row) => [row.device_id, credentialsRow(row)]));
  }

  async listQuotas(kind: QuotaSubject['kind'], subjects: readonly string[]): Promise<ReadonlyMap<string, Quotas>> {
    const ids = subjects.flatMap((id) => asId(id) ?? []);
    if (ids.length === 0) return new Map();
    const rows = await this.db
      .selectFrom('quotas')
      .select(['subject_id', 'quotas'])
      .where('kind', '=', kind)
      .where('subject_id', 'in', ids)
      .execute();
    return new Map(rows.map(({ subject_id, quotas }) => [subject_id, quotasOf(quotas)]));
  }

  async findPlugin(pluginId: string): Promise<PluginDefinition | undefined> {
    const id = asId(pluginId);
    if (id === undefined) return undefined;
    const row = await this.db.selectFrom('plugins').selectAll().where('id', '=', id).executeTakeFirst();
    return row && pluginRow(row);
  }

  /** One query: a plugin and its customers' settings of different moments would not belong together. */
  async findEnablement(pluginId: string): Promise<EnabledPlugin | undefined> {
    const id = asId(pluginId);
    if (id === undefined) return undefined;
    const rows = await this.db
      .selectFrom('plugins')
      .leftJoin('customer_settings', 'customer_settings.plugin_id', 'plugins.id')
      .selectAll('plugins')
      .select([
        'customer_settings.customer_id',
        'customer_settings.enabled',
        'customer_settings.configuration as overrides',
      ])
      .where('plugins.id', '=', id)
      .orderBy('customer_settings.seq')
      .execute();
    const [first] = rows;
    if (first === undefined) return undefined;
    const customers = new Map<string, CustomerSettings>();
    for (const { customer_id, enabled, overrides } of rows) {
      // A plugin of whose customers nothing is said has one row without any.
      if (customer_id === null || enabled === null || overrides === null) continue;
      customers.set(customer_id, settingsRow({ enabled, configuration: overrides }));
    }
    return Object.freeze({ plugin: pluginRow(first), enabledByDefault: first.enabled_by_default === 1, customers });
  }

  async findRule(ruleId: string): Promise<RuleDefinition | undefined> {
    const id = asId(ruleId);
    if (id === undefined) return undefined;
    const row = await this.db.selectFrom('rules').selectAll().where('id', '=', id).executeTakeFirst();
    return row && ruleRowOf(row);
  }
}
