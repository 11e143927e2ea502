import { RegistryError, type Expectation, type PluginDefinition } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import { assertMatches, isAny, versionTag } from '../http/etag.js';
import { notFound, tryLater } from '../problem/problem.js';

/** How often a change is checked anew, when others were quicker. */
const MAX_ATTEMPTS = 10;

/**
 * Changes a plugin, or what is said of its customers, which are checked against each other before: the change is made
 * only if both are still what was checked, on whichever node they were changed, and else checked and tried anew. One
 * after the other on this node.
 * @param change checks the plugin as it is given, and what it reads itself, and writes under the expectation
 * @throws Problem 412 when `If-Match` names another version, 503 when others are quicker again and again
 */
export function checkedChange<T>(
  { registry, locks }: Pick<AdminContext, 'registry' | 'locks'>,
  pluginId: string,
  ifMatch: string | undefined,
  change: (plugin: PluginDefinition, expected: Expectation) => Promise<T>,
): Promise<T> {
  return locks.run(pluginId, async () => {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      // Its version first: what is read afterwards is of this version, or the change is refused.
      const plugin = await registry.findPlugin(pluginId);
      if (plugin === undefined) throw notFound('plugin');
      assertMatches(ifMatch, versionTag(plugin));
      try {
        return await change(plugin, { ifVersion: plugin.version });
      } catch (error) {
        const isStale = error instanceof RegistryError && error.code === 'STALE';
        if (!isStale || !isAny(ifMatch)) throw error;
      }
    }
    throw tryLater('Others change this plugin all the time: try again.');
  });
}
