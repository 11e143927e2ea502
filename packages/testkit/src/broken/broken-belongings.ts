import type { BrokenPart } from '../contract/broken-part.js';
import { withFaults } from '../contract/broken-part.js';
import type { Registry } from '../registry-contract/registry-rows.js';

/** What registries may do wrong with what stands beside their rows. */
export const BROKEN_BELONGINGS: readonly BrokenPart<Registry>[] = [
  {
    fault: 'does not count what is said of a plugin by default as a change of it',
    breaks: 'REG-44',
    spoil: (registry) =>
      withFaults(registry, {
        setEnabledByDefault: async (id, enabled, expected) => {
          const before = await registry.findPlugin(id);
          const row = await registry.setEnabledByDefault(id, enabled, expected);
          return { ...row, version: before?.version ?? row.version };
        },
      }),
  },
  {
    fault: 'leaves what was said of customers that are not named when all is said anew',
    breaks: 'REG-45',
    spoil: (registry) =>
      withFaults(registry, {
        replaceEnablement: async (id, { enabledByDefault, customers }, expected) => {
          const known = await registry.findEnablement(id);
          const both = new Map([...(known?.customers ?? []), ...customers]);
          return registry.replaceEnablement(id, { enabledByDefault, customers: both }, expected);
        },
      }),
  },
  {
    fault: 'compares quotas before it writes, not when it writes',
    breaks: 'REG-46',
    spoil: (registry) =>
      withFaults(registry, {
        putQuotas: async (subject, quotas, expected) => {
          const known = await registry.findQuotas(subject);
          // What is there at this moment is what was there a moment ago, or so it believes.
          const isKnown = JSON.stringify(known) === JSON.stringify(expected?.ifQuotas);
          return isKnown ? registry.putQuotas(subject, quotas) : registry.putQuotas(subject, quotas, expected);
        },
      }),
  },
  {
    fault: 'answers the quotas of the first ones alone',
    breaks: 'REG-47',
    spoil: (registry) =>
      withFaults(registry, { listQuotas: (kind, ids) => registry.listQuotas(kind, ids.slice(0, 2)) }),
  },
];
