import type {
  ComponentDefinition,
  ComponentState,
  CredentialsRow,
  CredentialsType,
  Customer,
  CustomerSettings,
  DeviceRow,
  PluginDefinition,
  Quotas,
  RuleDefinition,
  Settings,
  Tenant,
} from '@device-messaging/host-api';
import type { Selectable } from 'kysely';
import type {
  CredentialsTable,
  CustomersTable,
  CustomerSettingsTable,
  DevicesTable,
  PluginsTable,
  RulesTable,
  TenantsTable,
} from '../database/schema.js';

type Stored<Table> = Omit<Selectable<Table>, 'seq'>;

/** Columns of a device; without `seq`, which nobody reads. */
export const DEVICE_COLUMNS = [
  'devices.id',
  'devices.tenant_id',
  'devices.customer_id',
  'devices.name',
  'devices.type',
  'devices.version',
  'devices.created_at',
] as const;

export function tenantRow({ id, title, version, created_at }: Stored<TenantsTable>): Tenant {
  return Object.freeze({ id, title, version, createdAt: created_at });
}

export function customerRow(row: Stored<CustomersTable>): Customer {
  const { id, tenant_id, title, version, created_at } = row;
  return Object.freeze({ id, tenantId: tenant_id, title, version, createdAt: created_at });
}

export function deviceRow(row: Stored<DevicesTable>): DeviceRow {
  return Object.freeze({
    id: row.id,
    tenantId: row.tenant_id,
    customerId: row.customer_id ?? undefined,
    name: row.name,
    type: row.type,
    version: row.version,
    createdAt: row.created_at,
  });
}

export function deviceColumns(row: DeviceRow): Stored<DevicesTable> {
  return {
    id: row.id,
    tenant_id: row.tenantId,
    customer_id: row.customerId ?? null,
    name: row.name,
    type: row.type,
    version: row.version,
    created_at: row.createdAt,
  };
}

export function credentialsRow({ device_id, type, digest }: Selectable<CredentialsTable>): CredentialsRow {
  return Object.freeze({ deviceId: device_id, type: type as CredentialsType, digest });
}

export function pluginRow(row: Omit<Stored<PluginsTable>, 'enabled_by_default'>): PluginDefinition {
  return Object.freeze({
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    apiToken: row.api_token,
    clazz: row.clazz,
    state: row.state as ComponentState,
    configuration: parseFrozen(row.configuration) as Settings,
    audit: row.audit as PluginDefinition['audit'],
    version: row.version,
    createdAt: row.created_at,
  });
}

export function pluginColumns(row: PluginDefinition): Omit<Stored<PluginsTable>, 'enabled_by_default'> {
  return {
    id: row.id,
    tenant_id: row.tenantId,
    name: row.name,
    api_token: row.apiToken,
    clazz: row.clazz,
    state: row.state,
    configuration: JSON.stringify(row.configuration),
    audit: row.audit,
    version: row.version,
    created_at: row.createdAt,
  };
}

/** What a rule's components are kept as. */
interface RuleComponents {
  readonly filters: readonly ComponentDefinition[];
  readonly processor?: ComponentDefinition;
  readonly action: ComponentDefinition;
}

export function ruleRowOf(row: Stored<RulesTable>): RuleDefinition {
  const { filters, processor, action } = parseFrozen(row.components) as RuleComponents;
  return Object.freeze({
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    state: row.state as ComponentState,
    weight: row.weight,
    pluginToken: row.plugin_token,
    filters,
    processor,
    action,
    version: row.version,
    createdAt: row.created_at,
  });
}

export function ruleColumns(row: RuleDefinition): Stored<RulesTable> {
  const { filters, processor, action } = row;
  return {
    id: row.id,
    tenant_id: row.tenantId,
    name: row.name,
    state: row.state,
    weight: row.weight,
    plugin_token: row.pluginToken,
    components: JSON.stringify({ filters, processor, action }),
    version: row.version,
    created_at: row.createdAt,
  };
}

export function settingsRow(row: Pick<CustomerSettingsTable, 'enabled' | 'configuration'>): CustomerSettings {
  return Object.freeze({ enabled: row.enabled === 1, configuration: parseFrozen(row.configuration) as Settings });
}

export function quotasOf(text: string): Quotas {
  return parseFrozen(text) as Quotas;
}

/** The JSON value, frozen all the way down. */
export function parseFrozen(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown) =>
    typeof value === 'object' && value !== null ? Object.freeze(value) : value,
  );
}
