import type { PluginDefinition } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import type { AdminRequest } from '../http/operation.js';
import { invalid } from '../problem/problem.js';
import type { PLUGIN_CHANGE } from '../schemas/plugin.js';
import type { ValueOf } from '../schemas/schema.js';
import { checkedChange } from './checked-change.js';
import { PluginChecks } from './plugin-checks.js';
import { pluginTypeOf } from './plugin-view.js';

type ChangeRequest = Pick<
  AdminRequest<unknown, unknown, ValueOf<typeof PLUGIN_CHANGE>>,
  'caller' | 'trace' | 'body' | 'ifMatch'
>;

/**
 * Changes a plugin.
 * @throws Problem 400 when configuration, or the override of a customer over it, would not be valid
 */
export function updatePlugin(
  context: AdminContext,
  { id }: PluginDefinition,
  { caller, trace, body, ifMatch }: ChangeRequest,
): Promise<PluginDefinition> {
  const { host, registry, audit } = context;
  const { type, token, ...change } = body;
  return checkedChange(context, id, ifMatch, async (before, expected) => {
    if (token !== undefined && token !== before.apiToken) throw invalid('token', 'cannot be changed: rules name it');
    if (type !== undefined && type !== before.clazz && pluginTypeOf(host, before.clazz)?.id !== type) {
      throw invalid('type', 'cannot be changed: make another plugin');
    }
    if (change.configuration !== undefined) {
      const wanted = { ...before, configuration: change.configuration };
      const enablement = await registry.findEnablement(id);
      await new PluginChecks(host, registry).assertPlugin(wanted, enablement?.customers);
    }
    const after = await registry.updatePlugin(id, change, expected);
    const details = { members: Object.keys(change) };
    audit.changed(caller, trace, { action: 'UPDATE', entity: 'plugin', entityId: id, before, after, details });
    return after;
  });
}
