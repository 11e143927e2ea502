import type { CredentialsType } from '@device-messaging/host-api';
import type { Device } from '@device-messaging/plugin-api';
import { withFaults, type BrokenPart } from '../contract/broken-part.js';
import type { Registry } from '../registry-contract/registry-rows.js';
import { unlessRefused } from './unless-refused.js';

/** What registries may do wrong with the credentials and names that devices are found by. */
export const BROKEN_CREDENTIALS: readonly BrokenPart<Registry>[] = [
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
