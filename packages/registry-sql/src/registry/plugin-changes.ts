import {
  idTaken,
  pluginTokenTaken,
  asId,
  creationTime,
  expectVersion,
  filledText,
  frozenSettings,
  inUse,
  newId,
  nextVersion,
  notFound,
  storableText,
  type Change,
  type Expectation,
  type NewPlugin,
  type PluginDefinition,
} from '@device-messaging/host-api';
import { pluginColumns, pluginRow } from '../rows/row-mapping.js';
import type { ChangeScope } from './change-scope.js';
import { tenantIdOf } from './tenant-changes.js';

export async function createPlugin(scope: ChangeScope, given: NewPlugin): Promise<PluginDefinition> {
  const { tx } = scope;
  const row: PluginDefinition = Object.freeze({
    id: newId(given.id, 'plugin'),
    tenantId: await tenantIdOf(scope, given.tenantId),
    name: filledText(given.name, "plugin's name"),
    apiToken: filledText(given.apiToken, "plugin's apiToken"),
    clazz: storableText(given.clazz, "plugin's clazz"),
    state: given.state,
    configuration: frozenSettings(given.configuration, 'configuration'),
    audit: given.audit ?? 'none',
    version: 1,
    createdAt: creationTime(given.createdAt, scope.now),
  });
  const known = await tx.selectFrom('plugins').select('id').where('id', '=', row.id).executeTakeFirst();
  if (known !== undefined) throw idTaken('plugin', row.id);
  const namesake = await tx
    .selectFrom('plugins')
    .select('name')
    .where('tenant_id', '=', row.tenantId)
    .where('api_token', '=', row.apiToken)
    .executeTakeFirst();
  if (namesake !== undefined) throw pluginTokenTaken(namesake, row.apiToken);
  await tx
    .insertInto('plugins')
    .values({ ...pluginColumns(row), enabled_by_default: 1 })
    .execute();
  announcePlugin(scope, row, false);
  return row;
}

/** @throws RegistryError NOT_FOUND */
export async function lockPlugin(scope: ChangeScope, pluginId: string): Promise<PluginDefinition> {
  const id = asId(pluginId);
  if (id === undefined) throw notFound('plugin', pluginId);
  const row = await scope.tx
    .selectFrom('plugins')
    .selectAll()
    .where('id', '=', id)
    .$if(scope.locks, (query) => query.forUpdate())
    .executeTakeFirst();
  if (row === undefined) throw notFound('plugin', pluginId);
  return pluginRow(row);
}

export async function updatePlugin(
  scope: ChangeScope,
  pluginId: string,
  change: Change<PluginDefinition, 'name' | 'state' | 'configuration' | 'audit'>,
  expected: Expectation | undefined,
): Promise<PluginDefinition> {
  const old = await lockPlugin(scope, pluginId);
  expectVersion('plugin', old, expected);
  const row = nextVersion(old, {
    name: filledText(change.name ?? old.name, "plugin's name"),
    state: change.state ?? old.state,
    configuration: frozenSettings(change.configuration ?? old.configuration, 'configuration'),
    audit: change.audit ?? old.audit,
  });
  if (row === old) return old;
  await scope.tx.updateTable('plugins').set(pluginColumns(row)).where('id', '=', row.id).execute();
  announcePlugin(scope, row, false);
  return row;
}

export async function deletePlugin(
  scope: ChangeScope,
  pluginId: string,
  expected: Expectation | undefined,
): Promise<void> {
  const plugin = await lockPlugin(scope, pluginId);
  expectVersion('plugin', plugin, expected);
  const user = await scope.tx
    .selectFrom('rules')
    .select('name')
    .where('tenant_id', '=', plugin.tenantId)
    .where('plugin_token', '=', plugin.apiToken)
    .orderBy('created_at')
    .executeTakeFirst();
  if (user !== undefined) throw inUse(plugin, user);
  // What was set for customers goes by its foreign key.
  await scope.tx.deleteFrom('plugins').where('id', '=', plugin.id).execute();
  announcePlugin(scope, plugin, true);
}

function announcePlugin(scope: ChangeScope, { tenantId, id: pluginId }: PluginDefinition, deleted: boolean): void {
  scope.announce({ kind: 'plugin', tenantId, pluginId, deleted });
}
