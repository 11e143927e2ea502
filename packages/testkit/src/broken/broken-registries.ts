import { RegistryError } from '@device-messaging/host-api';
import type { Device } from '@device-messaging/plugin-api';
import type { Registry } from '../registry-contract/registry-rows.js';
import { withFaults, type BrokenPart } from '../contract/broken-part.js';
import { BROKEN_BELONGINGS } from './broken-belongings.js';
import { BROKEN_CHANGES } from './broken-changes.js';
import { BROKEN_CREDENTIALS } from './broken-credentials.js';
import { BROKEN_REGISTRY_ROWS } from './broken-registry-rows.js';
import { unlessRefused } from './unless-refused.js';

const BROKEN_ROWS: readonly BrokenPart<Registry>[] = [
  {
    fault: 'keeps ids as they were given',
    breaks: 'REG-1',
    spoil: (registry) =>
      withFaults(registry, {
        createCustomer: async (row) => ({ ...(await registry.createCustomer(row)), ...(row.id && { id: row.id }) }),
      }),
  },
  {
    fault: 'hands out rows that whoever gets them can change',
    breaks: 'REG-2',
    spoil: (registry) =>
      withFaults(registry, {
        findDevice: async (id) => {
          const row = await registry.findDevice(id);
          return row && { ...row };
        },
      }),
  },
  {
    fault: 'deletes a rule that does not exist without a word',
    breaks: 'REG-23',
    spoil: (registry) =>
      withFaults(registry, {
        deleteRule: (id, expected) =>
          unlessRefused<void>(
            'NOT_FOUND',
            () => registry.deleteRule(id, expected),
            () => undefined,
          ),
      }),
  },
  {
    fault: 'cuts titles of customers that are too long',
    breaks: 'REG-43',
    spoil: (registry) =>
      withFaults(registry, {
        createCustomer: (row) => registry.createCustomer({ ...row, title: row.title.slice(0, 255) }),
      }),
  },
];

const BROKEN_LISTS: readonly BrokenPart<Registry>[] = [
  {
    fault: 'takes every device for as old as its row',
    breaks: 'REG-8',
    alsoBreaks: ['REG-26', 'REG-30'],
    spoil: (registry) =>
      withFaults(registry, {
        createDevice: ({ createdAt: _ignored, ...row }, ...credentials) => registry.createDevice(row, ...credentials),
      }),
  },
  {
    fault: 'begins from the start when there is no page after',
    breaks: 'REG-9',
    spoil: (registry) =>
      withFaults(registry, {
        listDevices: async (tenantId, query) => {
          const page = await registry.listDevices(tenantId, query);
          return page.length > 0 ? page : registry.listDevices(tenantId, { ...query, after: undefined });
        },
      }),
  },
  {
    fault: 'ignores the asked type',
    breaks: 'REG-10',
    spoil: (registry) =>
      withFaults(registry, {
        listDevices: (tenantId, query) => registry.listDevices(tenantId, { ...query, type: undefined }),
      }),
  },
  {
    fault: 'shows a customer’s devices to other tenants',
    breaks: 'REG-11',
    spoil: (registry) => {
      const tenants = new Map<string, string>();
      return withFaults(registry, {
        createCustomer: async (row) => {
          const customer = await registry.createCustomer(row);
          tenants.set(customer.id, customer.tenantId);
          return customer;
        },
        listDevices: (tenantId, query) => registry.listDevices(tenants.get(query.customerId) ?? tenantId, query),
      });
    },
  },
  {
    fault: 'assigns a device to a foreign customer in name',
    breaks: 'REG-15',
    spoil: (registry) =>
      withFaults(registry, {
        createDevice: (row, ...credentials) =>
          unlessRefused(
            'NOT_FOUND',
            () => registry.createDevice(row, ...credentials),
            async () => {
              // Of a tenant that exists: only its customer was refused.
              return registry.createDevice({ ...row, customerId: undefined });
            },
          ),
      }),
  },
  {
    fault: 'lists a device that was assigned anew where it was, too',
    breaks: 'REG-16',
    spoil: (registry) => {
      const former = new Map<string, Device>();
      return withFaults(registry, {
        assignDevice: async (deviceId, customerId, expected) => {
          const row = await registry.findDevice(deviceId);
          const assigned = await registry.assignDevice(deviceId, customerId, expected);
          if (row?.customerId !== undefined) former.set(row.customerId, row);
          return assigned;
        },
        listDevices: async (tenantId, query) => {
          const ghost = former.get(query.customerId);
          const page = await registry.listDevices(tenantId, query);
          return ghost === undefined ? page : [...page, ghost];
        },
      });
    },
  },
];

const BROKEN_TENANTS: readonly BrokenPart<Registry>[] = [
  {
    fault: 'lets no two tenants use one plugin token',
    breaks: 'REG-17',
    spoil: (registry) => {
      const taken = new Set<string>();
      return withFaults(registry, {
        createPlugin: (row) => {
          if (taken.has(row.apiToken))
            throw new RegistryError('ALREADY_EXISTS', `The token "${row.apiToken}" is taken`);
          taken.add(row.apiToken);
          return registry.createPlugin(row);
        },
      });
    },
  },
  {
    fault: 'deletes a plugin with the rules that name it',
    breaks: 'REG-18',
    spoil: (registry) => {
      const tenants = new Map<string, string>();
      return withFaults(registry, {
        createPlugin: async (row) => {
          const plugin = await registry.createPlugin(row);
          tenants.set(plugin.id, plugin.tenantId);
          return plugin;
        },
        deletePlugin: (id, expected) =>
          unlessRefused<void>(
            'IN_USE',
            () => registry.deletePlugin(id, expected),
            async () => {
              for (const rule of await registry.listRules(tenants.get(id)!)) await registry.deleteRule(rule.id);
              await registry.deletePlugin(id);
            },
          ),
      });
    },
  },
  {
    fault: 'takes every plugin for enabled where there is no customer',
    breaks: 'REG-19',
    spoil: (registry) => {
      // Read from within the announcement too, which must show the new default: only where a setting was put.
      let put = false;
      return withFaults(registry, {
        putCustomerSettings: (pluginId, customerId, settings, expected) => {
          put = true;
          return registry.putCustomerSettings(pluginId, customerId, settings, expected);
        },
        findCustomerSettings: (pluginId, customerId) =>
          put && customerId === undefined
            ? { enabled: true, configuration: {} }
            : registry.findCustomerSettings(pluginId, customerId),
      });
    },
  },
  {
    fault: 'leaves devices with a customer that was deleted',
    breaks: 'REG-20',
    spoil: (registry) => {
      const stale = new Map<string, Device>();
      const created = new Map<string, Device>();
      return withFaults(registry, {
        createDevice: async (row, ...credentials) => {
          const device = await registry.createDevice(row, ...credentials);
          created.set(device.id, device);
          return device;
        },
        deleteCustomer: async (id, expected) => {
          await registry.deleteCustomer(id, expected);
          for (const device of created.values()) if (device.customerId === id) stale.set(device.id, device);
        },
        findDevice: (id) => stale.get(id) ?? registry.findDevice(id),
      });
    },
  },
  {
    fault: 'keeps the plugins of a deleted tenant',
    breaks: 'REG-22',
    spoil: (registry) => {
      const kept = new Map<string, Awaited<ReturnType<Registry['listPlugins']>>>();
      return withFaults(registry, {
        deleteTenant: async (id, expected) => {
          const plugins = await registry.listPlugins(id);
          await registry.deleteTenant(id, expected);
          kept.set(id, plugins);
        },
        listPlugins: (id) => kept.get(id) ?? registry.listPlugins(id),
      });
    },
  },
  {
    fault: 'forgets the processor of a rule at every change',
    breaks: 'REG-24',
    spoil: (registry) =>
      withFaults(registry, {
        updateRule: (id, change, expected) => registry.updateRule(id, { ...change, processor: undefined }, expected),
      }),
  },
];

/** One registry for every rule, each with one fault. */
export const BROKEN_REGISTRIES: readonly BrokenPart<Registry>[] = [
  ...BROKEN_ROWS,
  ...BROKEN_CHANGES,
  ...BROKEN_LISTS,
  ...BROKEN_CREDENTIALS,
  ...BROKEN_TENANTS,
  ...BROKEN_REGISTRY_ROWS,
  ...BROKEN_BELONGINGS,
];
