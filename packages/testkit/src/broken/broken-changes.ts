import { RegistryError, type RegistryChange } from '@device-messaging/host-api';
import { concatMap, filter, of, Subject, type Observable, type Observer } from 'rxjs';
import { withFaults, type BrokenPart } from '../contract/broken-part.js';
import type { Registry } from '../registry-contract/registry-rows.js';

/** What registries may do wrong when they announce changes. */
export const BROKEN_CHANGES: readonly BrokenPart<Registry>[] = [
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
