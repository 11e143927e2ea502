import { asId, frozenSettings, type CustomerSettings } from '@device-messaging/host-api';
import { isDeepStrictEqual } from 'node:util';
import { settingsRow } from '../rows/row-mapping.js';
import type { ChangeScope } from './change-scope.js';
import { customerIdWithin } from './customer-changes.js';
import { lockPlugin } from './plugin-changes.js';

export async function setEnabledByDefault(scope: ChangeScope, pluginId: string, enabled: boolean): Promise<void> {
  const plugin = await lockPlugin(scope, pluginId);
  const flag = enabled ? 1 : 0;
  const { numUpdatedRows } = await scope.tx
    .updateTable('plugins')
    .set({ enabled_by_default: flag })
    .where('id', '=', plugin.id)
    .where('enabled_by_default', '<>', flag)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows > 0n) announceSettings(scope, plugin, undefined);
}

export async function putCustomerSettings(
  scope: ChangeScope,
  pluginId: string,
  customerId: string,
  given: CustomerSettings,
): Promise<void> {
  const plugin = await lockPlugin(scope, pluginId);
  const customer = await customerIdWithin(scope, plugin.tenantId, customerId);
  const configuration = frozenSettings(given.configuration, 'configuration');
  const known = await scope.tx
    .selectFrom('customer_settings')
    .select(['enabled', 'configuration'])
    .where('plugin_id', '=', plugin.id)
    .where('customer_id', '=', customer)
    .executeTakeFirst();
  const settings = { enabled: given.enabled, configuration };
  if (known !== undefined && isDeepStrictEqual(settingsRow(known), settings)) return;
  const columns = { enabled: given.enabled ? 1 : 0, configuration: JSON.stringify(configuration) };
  await scope.tx
    .insertInto('customer_settings')
    .values({ plugin_id: plugin.id, customer_id: customer, ...columns })
    .onConflict((conflict) => conflict.columns(['plugin_id', 'customer_id']).doUpdateSet(columns))
    .execute();
  announceSettings(scope, plugin, customer);
}

export async function deleteCustomerSettings(scope: ChangeScope, pluginId: string, given: string): Promise<void> {
  const plugin = await lockPlugin(scope, pluginId);
  const customerId = asId(given);
  if (customerId === undefined) return;
  const { numDeletedRows } = await scope.tx
    .deleteFrom('customer_settings')
    .where('plugin_id', '=', plugin.id)
    .where('customer_id', '=', customerId)
    .executeTakeFirstOrThrow();
  if (numDeletedRows > 0n) announceSettings(scope, plugin, customerId);
}

function announceSettings(
  scope: ChangeScope,
  { tenantId, id: pluginId }: { readonly tenantId: string; readonly id: string },
  customerId: string | undefined,
): void {
  scope.announce({ kind: 'customer-settings', tenantId, pluginId, customerId });
}
