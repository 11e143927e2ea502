import type { DeclaredRule, NewPlugin, PluginDefinition, RuleDefinition } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import { PluginChecks } from './plugin-checks.js';
import { pluginTypeOf } from './plugin-view.js';

/** A plugin that was made, and the rule that brings devices' requests to it. */
export interface CreatedPlugin {
  readonly plugin: PluginDefinition;
  readonly rule: RuleDefinition | undefined;
}

/**
 * Makes a plugin and, if wanted, the rule that its type declares; both or none.
 * @throws Problem 400 when the host does not know the type or refuses the configuration
 */
export async function createPlugin(
  { host, registry, logger }: AdminContext,
  wanted: NewPlugin,
  withRule: boolean,
): Promise<CreatedPlugin> {
  await new PluginChecks(host, registry).assertPlugin(wanted);
  const declared = withRule ? pluginTypeOf(host, wanted.clazz)?.rule : undefined;
  const plugin = await registry.createPlugin(wanted);
  if (declared === undefined) return { plugin, rule: undefined };
  try {
    return { plugin, rule: await registry.createRule(ruleFor(plugin, declared)) };
  } catch (error) {
    // A registry that is down may refuse this, too: the first failure is what the caller is to hear of.
    await Promise.resolve(registry.deletePlugin(plugin.id)).catch((failure: unknown) =>
      logger.error('A plugin was left without its rule', { pluginId: plugin.id, error: failure }),
    );
    throw error;
  }
}

function ruleFor({ tenantId, name, apiToken }: PluginDefinition, declared: DeclaredRule) {
  return { ...declared, tenantId, name, state: 'ACTIVE', pluginToken: apiToken } as const;
}
