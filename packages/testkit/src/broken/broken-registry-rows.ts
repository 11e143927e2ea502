import { RegistryError, UNLIMITED, type Quotas, type RuleDefinition } from '@device-messaging/host-api';
import type { Device } from '@device-messaging/plugin-api';
import { filter } from 'rxjs';
import { setImmediate } from 'node:timers/promises';
import { withFaults, type BrokenPart } from '../contract/broken-part.js';
import type { Registry } from '../registry-contract/registry-rows.js';

const BROKEN_VERSIONS: readonly BrokenPart<Registry>[] = [
  {
    fault: 'does not count an assignment as a change of the device',
    breaks: 'REG-26',
    spoil: (registry) =>
      withFaults(registry, {
        assignDevice: async (id, customerId, expected) => {
          const before = await registry.findDeviceRow(id);
          const row = await registry.assignDevice(id, customerId, expected);
          return { ...row, version: before?.version ?? row.version };
        },
      }),
  },
  {
    fault: 'counts a change that changes nothing',
    breaks: 'REG-27',
    spoil: (registry) =>
      withFaults(registry, {
        updateTenant: async (id, change, expected) => {
          const before = await registry.findTenant(id);
          const row = await registry.updateTenant(id, change, expected);
          return row.version === before?.version ? { ...row, version: row.version + 1 } : row;
        },
      }),
  },
  {
    fault: 'renames a device whoever changed it since',
    breaks: 'REG-28',
    spoil: (registry) =>
      withFaults(registry, {
        updateDevice: (id, change) => registry.updateDevice(id, change),
      }),
  },
  {
    fault: 'takes of a change of a customer whatever is in it',
    breaks: 'REG-42',
    spoil: (registry) =>
      withFaults(registry, {
        updateCustomer: async (id, change, expected) =>
          Object.freeze({ ...(await registry.updateCustomer(id, change, expected)), ...change }),
      }),
  },
];

const BROKEN_PAGES: readonly BrokenPart<Registry>[] = [
  {
    fault: 'begins from the start when there are no customers after',
    breaks: 'REG-29',
    spoil: (registry) =>
      withFaults(registry, {
        listCustomers: async (tenantId, page) => {
          const rows = await registry.listCustomers(tenantId, page);
          return rows.length > 0 ? rows : registry.listCustomers(tenantId, { ...page, after: undefined });
        },
      }),
  },
  {
    fault: 'begins every page of all devices of a tenant at the start',
    breaks: 'REG-30',
    spoil: (registry) =>
      withFaults(registry, {
        listDeviceRows: (tenantId, { after, ...rest }) => {
          const isFiltered = rest.customerId !== undefined || rest.name !== undefined || rest.type !== undefined;
          return registry.listDeviceRows(tenantId, isFiltered ? { after, ...rest } : rest);
        },
      }),
  },
  {
    fault: 'takes devices of no customer for devices of any',
    breaks: 'REG-31',
    spoil: (registry) =>
      withFaults(registry, {
        listDeviceRows: (tenantId, { customerId, ...rest }) =>
          registry.listDeviceRows(tenantId, { ...rest, customerId: customerId ?? undefined }),
      }),
  },
  {
    fault: 'orders devices that are asked for at once by chance',
    breaks: 'REG-41',
    spoil: (registry) => {
      let calls = 0;
      return withFaults(registry, {
        createDevice: async (device, credentials) => {
          if (calls++ % 2 === 0) await setImmediate();
          return registry.createDevice(device, credentials);
        },
      });
    },
  },
];

const BROKEN_UPDATES: readonly BrokenPart<Registry>[] = [
  {
    fault: 'still finds a deleted rule',
    breaks: 'REG-32',
    spoil: (registry) => {
      const found = new Map<string, RuleDefinition>();
      const deleted = new Set<string>();
      return withFaults(registry, {
        findRule: async (id) => {
          if (deleted.has(id)) return found.get(id);
          const rule = await registry.findRule(id);
          if (rule !== undefined) found.set(id, rule);
          return rule;
        },
        deleteRule: async (id, expected) => {
          await registry.deleteRule(id, expected);
          if (expected === undefined) deleted.add(id);
        },
      });
    },
  },
  {
    fault: 'forgets the type of a device with its name',
    breaks: 'REG-33',
    spoil: (registry) =>
      withFaults(registry, {
        updateDevice: (id, change, expected) => registry.updateDevice(id, { type: 'default', ...change }, expected),
      }),
  },
  {
    fault: 'finds a renamed device by its old name, too',
    breaks: 'REG-34',
    spoil: (registry) => {
      const former = new Map<string, string>();
      return withFaults(registry, {
        updateDevice: async (id, change, expected) => {
          const before = await registry.findDeviceRow(id);
          const row = await registry.updateDevice(id, change, expected);
          if (before !== undefined) former.set(`${row.tenantId} ${before.name}`, id);
          return row;
        },
        findDeviceByName: async (tenantId, name): Promise<Device | undefined> => {
          const row = await registry.findDeviceByName(tenantId, name);
          const id = former.get(`${tenantId} ${name}`);
          return row === undefined && id !== undefined ? registry.findDevice(id) : row;
        },
      });
    },
  },
  {
    fault: 'audits the calls of every plugin',
    breaks: 'REG-40',
    spoil: (registry) =>
      withFaults(registry, { createPlugin: (plugin) => registry.createPlugin({ audit: 'messages', ...plugin }) }),
  },
  {
    fault: 'makes a device whose credentials it refuses then',
    breaks: 'REG-39',
    spoil: (registry) =>
      withFaults(registry, {
        createDevice: async (row, credentials) => {
          const device = await registry.createDevice(row);
          if (credentials !== undefined) {
            await registry.setCredentials(device.id, credentials.type, credentials.digest);
          }
          return device;
        },
      }),
  },
];

const BROKEN_QUOTAS: readonly BrokenPart<Registry>[] = [
  {
    fault: 'adds quotas to those that were put before',
    breaks: 'REG-35',
    spoil: (registry) =>
      withFaults(registry, {
        putQuotas: async (subject, quotas, expected) => {
          const before = await registry.findQuotas(subject);
          // `UNLIMITED` must still remove: that is another fault.
          const isMore = Object.keys(quotas).length > 0;
          return registry.putQuotas(subject, isMore ? { ...before, ...quotas } : quotas, expected);
        },
      }),
  },
  {
    fault: 'tells nobody of new quotas',
    breaks: 'REG-36',
    spoil: (registry) =>
      withFaults(registry, { changes: registry.changes.pipe(filter(({ kind }) => kind !== 'quotas')) }),
  },
  {
    fault: 'keeps the quotas of a deleted device for the next one with its id',
    breaks: 'REG-37',
    spoil: (registry) => {
      const kept = new Map<string, Quotas>();
      return withFaults(registry, {
        deleteDevice: async (id, expected) => {
          const quotas = await registry.findQuotas({ kind: 'device', id });
          await registry.deleteDevice(id, expected);
          kept.set(id, quotas);
        },
        findQuotas: (subject) => kept.get(subject.id) ?? registry.findQuotas(subject),
      });
    },
  },
  {
    fault: 'assigns devices to a customer who may have no more',
    breaks: 'REG-38',
    spoil: (registry) =>
      withFaults(registry, {
        assignDevice: async (deviceId, customerId, expected) => {
          try {
            return await registry.assignDevice(deviceId, customerId, expected);
          } catch (error) {
            if (!(error instanceof RegistryError && error.code === 'OVER_QUOTA')) throw error;
            const subject = { kind: 'customer', id: customerId! } as const;
            const quotas = await registry.findQuotas(subject);
            await registry.putQuotas(subject, UNLIMITED);
            const row = await registry.assignDevice(deviceId, customerId, expected);
            await registry.putQuotas(subject, quotas);
            return row;
          }
        },
      }),
  },
];

/** What rows of an administrators' registry may do wrong: {@link BROKEN_REGISTRIES} has them. */
export const BROKEN_REGISTRY_ROWS: readonly BrokenPart<Registry>[] = [
  ...BROKEN_VERSIONS,
  ...BROKEN_PAGES,
  ...BROKEN_UPDATES,
  ...BROKEN_QUOTAS,
];
