import type { PluginDefinition } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import { expectation } from '../http/etag.js';
import type { AdminRequest } from '../http/operation.js';
import { invalid } from '../problem/problem.js';
import type { PLUGIN_CHANGE } from '../schemas/plugin.js';
import type { ValueOf } from '../schemas/schema.js';
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
  { host, registry, audit, locks }: AdminContext,
  before: PluginDefinition,
  { caller, trace, body, ifMatch }: ChangeRequest,
): Promise<PluginDefinition> {
  const { type, token, ...change } = body;
  if (token !== undefined && token !== before.apiToken) throw invalid('token', 'cannot be changed: rules name it');
  if (type !== undefined && type !== before.clazz && pluginTypeOf(host, before.clazz)?.id !== type) {
    throw invalid('type', 'cannot be changed: make another plugin');
  }
  return locks.run(before.id, async () => {
    if (change.configuration !== undefined) {
      const overrides = await registry.listCustomerSettings(before.id);
      await new PluginChecks(host, registry).assertPlugin(
        { ...before, configuration: change.configuration },
        overrides,
      );
    }
    const after = await registry.updatePlugin(before.id, change, expectation(ifMatch, before));
    const details = { members: Object.keys(change) };
    audit.changed(caller, trace, { action: 'UPDATE', entity: 'plugin', entityId: after.id, before, after, details });
    return after;
  });
}
