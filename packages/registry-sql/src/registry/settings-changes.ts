import {
  asId,
  customerSettingsRow,
  expectVersion,
  notFound,
  touchedRow,
  type CustomerSettings,
  type Enablement,
  type Expectation,
  type PluginDefinition,
} from '@device-messaging/host-api';
import { isDeepStrictEqual } from 'node:util';
import { settingsRow } from '../rows/row-mapping.js';
import type { ChangeScope } from './change-scope.js';
import { lockPlugin } from './plugin-changes.js';

/** Ids in one condition, rows of one insert: four parameters each, of which SQLite takes 32,766. */
const AT_ONCE = 1_000;

/**
 * What is said of a plugin's customers changes while the plugin's row is locked, and makes another version of it: whoever
 * checked an override against a configuration, on whichever node, finds out that one of them is not the same any more.
 */
export async function setEnabledByDefault(
  scope: ChangeScope,
  pluginId: string,
  enabled: boolean,
  expected: Expectation | undefined,
): Promise<PluginDefinition> {
  const plugin = await expectPlugin(scope, pluginId, expected);
  const isChanged = await storeDefault(scope, plugin.id, enabled);
  return isChanged ? settingsChanged(scope, plugin, [undefined]) : plugin;
}

export async function putCustomerSettings(
  scope: ChangeScope,
  pluginId: string,
  customerId: string,
  given: CustomerSettings,
  expected: Expectation | undefined,
): Promise<PluginDefinition> {
  const plugin = await expectPlugin(scope, pluginId, expected);
  const customers = await checkedCustomers(scope, plugin, new Map([[customerId, given]]));
  const known = await knownSettings(scope, plugin.id, asId(customerId));
  const changed = await storeSettings(scope, plugin.id, known, customers);
  return changed.length > 0 ? settingsChanged(scope, plugin, changed) : plugin;
}

export async function deleteCustomerSettings(
  scope: ChangeScope,
  pluginId: string,
  given: string,
  expected: Expectation | undefined,
): Promise<PluginDefinition> {
  const plugin = await expectPlugin(scope, pluginId, expected);
  const customerId = asId(given);
  const isChanged = customerId !== undefined && (await removeSettings(scope, plugin.id, [customerId]));
  return isChanged ? settingsChanged(scope, plugin, [customerId]) : plugin;
}

export async function replaceEnablement(
  scope: ChangeScope,
  pluginId: string,
  wanted: Enablement,
  expected: Expectation | undefined,
): Promise<PluginDefinition> {
  const plugin = await expectPlugin(scope, pluginId, expected);
  const customers = await checkedCustomers(scope, plugin, wanted.customers);
  const known = await knownSettings(scope, plugin.id);
  const removed = [...known.keys()].filter((id) => !customers.has(id));
  await removeSettings(scope, plugin.id, removed);
  const changed: (string | undefined)[] = [...removed];
  changed.push(...(await storeSettings(scope, plugin.id, known, customers)));
  if (await storeDefault(scope, plugin.id, wanted.enabledByDefault)) changed.push(undefined);
  return changed.length > 0 ? settingsChanged(scope, plugin, changed) : plugin;
}

async function expectPlugin(
  scope: ChangeScope,
  pluginId: string,
  expected: Expectation | undefined,
): Promise<PluginDefinition> {
  const plugin = await lockPlugin(scope, pluginId);
  expectVersion('plugin', plugin, expected);
  return plugin;
}

/** By ids in lower case, each of them one of the tenant's: another tenant's is not found. */
async function checkedCustomers(
  scope: ChangeScope,
  { tenantId }: PluginDefinition,
  given: ReadonlyMap<string, CustomerSettings>,
): Promise<ReadonlyMap<string, CustomerSettings>> {
  const found = new Set<string>();
  for (const ids of slices([...given.keys()].flatMap((id) => asId(id) ?? []))) {
    const rows = await scope.tx
      .selectFrom('customers')
      .select('id')
      .where('id', 'in', ids)
      .where('tenant_id', '=', tenantId)
      .execute();
    for (const { id } of rows) found.add(id);
  }
  const customers = new Map<string, CustomerSettings>();
  for (const [text, settings] of given) {
    const id = asId(text);
    if (id === undefined || !found.has(id)) throw notFound('customer', text, ` in the tenant ${tenantId}`);
    customers.set(id, customerSettingsRow(settings));
  }
  return customers;
}

/** @param customerId what is said of this one alone; absent: of all */
async function knownSettings(
  scope: ChangeScope,
  pluginId: string,
  customerId?: string,
): Promise<ReadonlyMap<string, CustomerSettings>> {
  const rows = await scope.tx
    .selectFrom('customer_settings')
    .select(['customer_id', 'enabled', 'configuration'])
    .where('plugin_id', '=', pluginId)
    .$if(customerId !== undefined, (query) => query.where('customer_id', '=', customerId ?? ''))
    .execute();
  return new Map(rows.map((row) => [row.customer_id, settingsRow(row)]));
}

/** Writes what differs. @returns of whom it did */
async function storeSettings(
  scope: ChangeScope,
  pluginId: string,
  known: ReadonlyMap<string, CustomerSettings>,
  wanted: ReadonlyMap<string, CustomerSettings>,
): Promise<readonly string[]> {
  const changed = [...wanted].filter(([id, settings]) => !isDeepStrictEqual(known.get(id), settings));
  for (const some of slices(changed)) {
    const rows = some.map(([customerId, { enabled, configuration }]) => ({
      plugin_id: pluginId,
      customer_id: customerId,
      enabled: enabled ? 1 : 0,
      configuration: JSON.stringify(configuration),
    }));
    await scope.tx
      .insertInto('customer_settings')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['plugin_id', 'customer_id']).doUpdateSet((row) => ({
          enabled: row.ref('excluded.enabled'),
          configuration: row.ref('excluded.configuration'),
        })),
      )
      .execute();
  }
  return changed.map(([id]) => id);
}

/** @returns whether there was anything to remove */
async function removeSettings(scope: ChangeScope, pluginId: string, customerIds: readonly string[]): Promise<boolean> {
  let removed = 0n;
  for (const ids of slices(customerIds)) {
    const { numDeletedRows } = await scope.tx
      .deleteFrom('customer_settings')
      .where('plugin_id', '=', pluginId)
      .where('customer_id', 'in', ids)
      .executeTakeFirstOrThrow();
    removed += numDeletedRows;
  }
  return removed > 0n;
}

/** @returns whether it was different before */
async function storeDefault(scope: ChangeScope, pluginId: string, enabled: boolean): Promise<boolean> {
  const flag = enabled ? 1 : 0;
  const { numUpdatedRows } = await scope.tx
    .updateTable('plugins')
    .set({ enabled_by_default: flag })
    .where('id', '=', pluginId)
    .where('enabled_by_default', '<>', flag)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

async function settingsChanged(
  scope: ChangeScope,
  plugin: PluginDefinition,
  customerIds: readonly (string | undefined)[],
): Promise<PluginDefinition> {
  const touched = touchedRow(plugin);
  const { tenantId, id: pluginId, version } = touched;
  await scope.tx.updateTable('plugins').set({ version }).where('id', '=', pluginId).execute();
  for (const customerId of customerIds) scope.announce({ kind: 'customer-settings', tenantId, pluginId, customerId });
  return touched;
}

function* slices<T>(rows: readonly T[]): Generator<T[], void, undefined> {
  for (let at = 0; at < rows.length; at += AT_ONCE) yield rows.slice(at, at + AT_ONCE);
}
