import type { PluginDefinition, PluginType } from '@device-messaging/host-api';
import type { AdminHost } from '../admin-api-options.js';
import type { PLUGIN, PLUGIN_TYPE } from '../schemas/plugin.js';
import type { ValueOf } from '../schemas/schema.js';

/** The plugin type that a definition names, by its id or by an alias. */
export function pluginTypeOf(host: Pick<AdminHost, 'pluginTypes'>, clazz: string): PluginType | undefined {
  return host.pluginTypes().find(({ id, aliases }) => id === clazz || aliases.includes(clazz));
}

/** A plugin as its tenant sees it: what was asked of it, and what happened. */
export async function pluginView(
  host: Pick<AdminHost, 'pluginTypes' | 'pluginFailures'>,
  plugin: PluginDefinition,
): Promise<ValueOf<typeof PLUGIN>> {
  const { id, tenantId, name, apiToken, clazz, state, audit, configuration } = plugin;
  const failures = await host.pluginFailures(tenantId, id);
  return {
    id,
    // Of a type that is not registered any more, the name that was stored is all there is.
    type: pluginTypeOf(host, clazz)?.id ?? clazz,
    name,
    token: apiToken,
    state,
    failures: failures.map(({ nodeId, cause, since }) => ({ node: nodeId, cause, since })),
    audit,
    configuration,
  };
}

export function pluginTypeView(type: PluginType): ValueOf<typeof PLUGIN_TYPE> {
  const { id, name, version, aliases, configuration, methods } = type;
  return { id, name, ...(version === undefined ? {} : { version }), aliases, configuration, methods };
}
