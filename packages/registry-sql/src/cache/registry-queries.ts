import {
  UNLIMITED,
  type CredentialsType,
  type CustomerSettings,
  type DeviceRow,
  type PluginDefinition,
  type Quotas,
  type QuotaSubject,
  type RuleDefinition,
} from '@device-messaging/host-api';
import { sql } from 'kysely';
import type { Reads } from '../database/schema.js';
import { DEVICE_COLUMNS, deviceRow, pluginRow, quotasOf, ruleRowOf, settingsRow } from '../rows/row-mapping.js';
import { isAfter, pageOf } from '../registry/row-page.js';

/** Which devices of a customer; see `DeviceQuery`. */
export interface PageQuery {
  readonly limit: number;
  readonly after: string | undefined;
  readonly type: string | undefined;
  readonly name: string | undefined;
}

/** What holds when nothing was said of a customer. */
const NO_OVERRIDES = Object.freeze({});
const ENABLED: CustomerSettings = Object.freeze({ enabled: true, configuration: NO_OVERRIDES });
const DISABLED: CustomerSettings = Object.freeze({ enabled: false, configuration: NO_OVERRIDES });

/** What the host asks of the database while messages flow. Ids and digests must be such. */
export class RegistryQueries {
  constructor(private readonly db: Reads) {}

  async device(id: string): Promise<DeviceRow | null> {
    const row = await this.db.selectFrom('devices').select(DEVICE_COLUMNS).where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : deviceRow(row);
  }

  async deviceByCredentials(type: CredentialsType, digest: string): Promise<DeviceRow | null> {
    const row = await this.db
      .selectFrom('credentials')
      .innerJoin('devices', 'devices.id', 'credentials.device_id')
      .select(DEVICE_COLUMNS)
      .where('credentials.type', '=', type)
      .where('credentials.digest', '=', digest)
      .executeTakeFirst();
    return row === undefined ? null : deviceRow(row);
  }

  /** The one device that has the name. */
  async deviceByName(tenantId: string, name: string): Promise<DeviceRow | null> {
    const [row, another] = await this.db
      .selectFrom('devices')
      .select(DEVICE_COLUMNS)
      .where('tenant_id', '=', tenantId)
      .where('name', '=', name)
      .limit(2)
      .execute();
    return row === undefined || another !== undefined ? null : deviceRow(row);
  }

  async devicesOf(tenantId: string, customerId: string, query: PageQuery): Promise<readonly DeviceRow[]> {
    let rows = this.db
      .selectFrom('devices')
      .select(DEVICE_COLUMNS)
      .where('tenant_id', '=', tenantId)
      .where('customer_id', '=', customerId);
    if (query.type !== undefined) rows = rows.where('type', '=', query.type);
    if (query.name !== undefined) rows = rows.where('name', '=', query.name);
    if (query.after !== undefined) {
      rows = rows.where(isAfter('devices', query.after, sql`edge.customer_id = ${customerId}`));
    }
    const page = await pageOf(rows, 'devices', query).execute();
    return Object.freeze(page.map(deviceRow));
  }

  async rules(tenantId: string): Promise<readonly RuleDefinition[]> {
    const rows = await this.db
      .selectFrom('rules')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('created_at')
      .orderBy('seq')
      .execute();
    return Object.freeze(rows.map(ruleRowOf));
  }

  async plugins(tenantId: string): Promise<readonly PluginDefinition[]> {
    const rows = await this.db
      .selectFrom('plugins')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('created_at')
      .orderBy('seq')
      .execute();
    return Object.freeze(rows.map(pluginRow));
  }

  /** Of an unknown plugin: disabled. */
  async settings(pluginId: string, customerId: string | undefined): Promise<CustomerSettings> {
    const row = await this.db
      .selectFrom('plugins')
      .leftJoin('customer_settings', (join) =>
        join
          .onRef('customer_settings.plugin_id', '=', 'plugins.id')
          .on('customer_settings.customer_id', '=', customerId ?? ''),
      )
      .select(['enabled_by_default', 'customer_settings.enabled', 'customer_settings.configuration'])
      .where('plugins.id', '=', pluginId)
      .executeTakeFirst();
    if (row === undefined) return DISABLED;
    const { enabled, configuration, enabled_by_default } = row;
    if (enabled !== null && configuration !== null) return settingsRow({ enabled, configuration });
    return enabled_by_default === 1 ? ENABLED : DISABLED;
  }

  async quotas({ kind, id }: QuotaSubject): Promise<Quotas> {
    const row = await this.db
      .selectFrom('quotas')
      .select('quotas')
      .where('kind', '=', kind)
      .where('subject_id', '=', id)
      .executeTakeFirst();
    return row === undefined ? UNLIMITED : quotasOf(row.quotas);
  }
}
