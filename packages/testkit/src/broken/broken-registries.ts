import { RegistryError, type CredentialsType, type RegistryChange } from '@device-messaging/host-api';
import type { Device } from '@device-messaging/plugin-api';
import { concatMap, filter, of, Subject, type Observable, type Observer } from 'rxjs';
import type { Registry } from '../registry-contract/registry-rows.js';
import { withFaults, type BrokenPart } from '../contract/broken-part.js';
import { BROKEN_BELONGINGS } from './broken-belongings.js';
import { BROKEN_REGISTRY_ROWS } from './broken-registry-rows.js';

/** Runs a change; a refusal with the code becomes what `instead` returns. */
async function unlessRefused<T>(code: string, change: () => unknown, instead: () => T | Promise<T>): Promise<T> {
  try {
    return (await change()) as T;
  } catch (error) {
    if (error instanceof RegistryError && error.code === code) return instead();
    throw error;
  }
}

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

const BROKEN_CHANGES: readonly BrokenPart<Registry>[] = [
  {
    fault: 'announces a change before it takes effect',
    breaks: 'REG-3',
    spoil: (registry) => {
      const early = new Subject<RegistryChange>();
      let announced = false;
      registry.changes.pipe(filter(() => !announced)).subscribe(early);
      return withFaults(registry, {
        changes: early,
        deleteDevice: async (deviceId, expected) => {
          const row = await registry.findDevice(deviceId);
          if (row === undefined || expected !== undefined) return registry.deleteDevice(deviceId, expected);
          early.next({ kind: 'device', tenantId: row.tenantId, deviceId, deleted: true });
          announced = true;
          await registry.deleteDevice(deviceId);
          announced = false;
        },
      });
    },
  },
  {
    fault: 'announces every change twice',
    breaks: 'REG-4',
    alsoBreaks: ['REG-34', 'REG-36', 'REG-39', 'REG-45'],
    spoil: (registry) =>
      withFaults(registry, { changes: registry.changes.pipe(concatMap((change) => of(change, change))) }),
  },
  {
    fault: 'announces a change that it refused',
    breaks: 'REG-5',
    spoil: (registry) => {
      const changes = new Subject<RegistryChange>();
      registry.changes.subscribe(changes);
      return withFaults(registry, {
        changes,
        assignDevice: async (deviceId, customerId, expected) => {
          try {
            return await registry.assignDevice(deviceId, customerId, expected);
          } catch (error) {
            const isUnknown = error instanceof RegistryError && error.code === 'NOT_FOUND';
            if (isUnknown) changes.next({ kind: 'device', tenantId: '', deviceId, deleted: false });
            throw error;
          }
        },
      });
    },
  },
  {
    fault: 'lets a subscriber that throws end the announcement',
    breaks: 'REG-6',
    spoil: (registry) => {
      const subscribers = new Set<(change: RegistryChange) => void>();
      registry.changes.subscribe((change) => subscribers.forEach((next) => next(change)));
      const changes = {
        subscribe: (observer: Partial<Observer<RegistryChange>> | ((change: RegistryChange) => void)) => {
          const next = typeof observer === 'function' ? observer : observer.next!.bind(observer);
          subscribers.add(next);
          return { unsubscribe: () => subscribers.delete(next) };
        },
      };
      return withFaults(registry, { changes: changes as unknown as Observable<RegistryChange> });
    },
  },
  {
    fault: 'announces a subscriber’s own change in the middle of the one that it heard of',
    breaks: 'REG-7',
    spoil: (registry) => {
      const changes = new Subject<RegistryChange>();
      let announcing = false;
      let announced = 0;
      registry.changes.subscribe((change) => {
        if (announced > 0) return void announced--;
        announcing = true;
        changes.next(change);
        announcing = false;
      });
      return withFaults(registry, {
        changes,
        createDevice: (row, ...credentials) => {
          if (announcing && row.id !== undefined) {
            changes.next({ kind: 'device', tenantId: row.tenantId, deviceId: row.id, deleted: false });
            announced++;
          }
          return registry.createDevice(row, ...credentials);
        },
      });
    },
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

const BROKEN_CREDENTIALS: readonly BrokenPart<Registry>[] = [
  {
    fault: 'finds a device by a digest of any type',
    breaks: 'REG-12',
    spoil: (registry) =>
      withFaults(registry, {
        findDeviceByCredentials: async (_type, digest) =>
          (await registry.findDeviceByCredentials('ACCESS_TOKEN', digest)) ??
          (await registry.findDeviceByCredentials('X509_CERTIFICATE', digest)),
      }),
  },
  {
    fault: 'gives one device the credentials of another',
    breaks: 'REG-13',
    spoil: (registry) =>
      withFaults(registry, {
        setCredentials: (id, type, digest, expected) =>
          unlessRefused(
            'ALREADY_EXISTS',
            () => registry.setCredentials(id, type, digest, expected),
            async () => {
              const owner = await registry.findDeviceByCredentials(type, digest);
              if (owner !== undefined) await registry.revokeCredentials(owner.id);
              return registry.setCredentials(id, type, digest);
            },
          ),
      }),
  },
  {
    fault: 'takes a secret that nobody digested',
    breaks: 'REG-14',
    spoil: (registry) =>
      withFaults(registry, {
        setCredentials: (id, type, digest, expected) =>
          unlessRefused(
            'INVALID',
            () => registry.setCredentials(id, type, digest, expected),
            async () => (await registry.findDeviceRow(id))!,
          ),
      }),
  },
  {
    fault: 'still finds a deleted device by its credentials',
    breaks: 'REG-21',
    spoil: (registry) => {
      const found = new Map<string, Device>();
      const deleted = new Map<string, Device>();
      return withFaults(registry, {
        setCredentials: async (id, type, digest, expected) => {
          const row = await registry.setCredentials(id, type, digest, expected);
          found.set(id, row).set(digest, row);
          return row;
        },
        deleteDevice: async (id, expected) => {
          await registry.deleteDevice(id, expected);
          for (const [key, row] of found) if (row.id === id) deleted.set(key, row);
        },
        findDeviceByCredentials: async (type: CredentialsType, digest: string) =>
          (await registry.findDeviceByCredentials(type, digest)) ?? deleted.get(digest),
      });
    },
  },
  {
    fault: 'finds the oldest of several devices that have one name',
    breaks: 'REG-25',
    alsoBreaks: ['REG-34'],
    spoil: (registry) => {
      const oldest = new Map<string, Device>();
      return withFaults(registry, {
        createDevice: async (device, ...credentials) => {
          const row = await registry.createDevice(device, ...credentials);
          const key = `${row.tenantId} ${row.name}`;
          if (!oldest.has(key)) oldest.set(key, row);
          return row;
        },
        findDeviceByName: async (tenantId, name) => {
          const row = oldest.get(`${tenantId} ${name}`);
          const isThere = row !== undefined && (await registry.findDevice(row.id)) !== undefined;
          return isThere ? row : registry.findDeviceByName(tenantId, name);
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
