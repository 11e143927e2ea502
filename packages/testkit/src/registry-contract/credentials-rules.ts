import assert from 'node:assert/strict';
import type { ContractRule } from '../contract/contract-rule.js';
import {
  anyDevice,
  assertRefused,
  changesDuring,
  digestOf,
  newDevice,
  tenantWithCustomer,
  type Registry,
} from './registry-rows.js';

/** What devices prove themselves with. */
export const CREDENTIALS_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-12',
    title: 'finds a device by type and digest, until its credentials are replaced or revoked',
    async run(registry) {
      const { id } = await anyDevice(registry);
      const [one, two] = [digestOf('one'), digestOf('two')];
      await registry.setCredentials(id, 'ACCESS_TOKEN', one);
      assert.equal((await registry.findDeviceByCredentials('ACCESS_TOKEN', one))?.id, id);
      assert.equal(await registry.findDeviceByCredentials('X509_CERTIFICATE', one), undefined);
      assert.equal(await registry.findDeviceByCredentials('ACCESS_TOKEN', two), undefined);
      await registry.setCredentials(id, 'X509_CERTIFICATE', two);
      assert.equal(await registry.findDeviceByCredentials('ACCESS_TOKEN', one), undefined);
      assert.equal((await registry.findDeviceByCredentials('X509_CERTIFICATE', two))?.id, id);
      await registry.revokeCredentials(id);
      await registry.revokeCredentials(id);
      assert.equal(await registry.findDeviceByCredentials('X509_CERTIFICATE', two), undefined);
    },
  },
  {
    rule: 'REG-13',
    title: 'refuses credentials that another device has as ALREADY_EXISTS',
    async run(registry) {
      const [owner, other] = [await anyDevice(registry), await anyDevice(registry)];
      await registry.setCredentials(owner.id, 'ACCESS_TOKEN', digestOf('one'));
      await registry.setCredentials(other.id, 'ACCESS_TOKEN', digestOf('two'));
      await assertRefused('ALREADY_EXISTS', () => registry.setCredentials(other.id, 'ACCESS_TOKEN', digestOf('one')));
      await registry.setCredentials(owner.id, 'ACCESS_TOKEN', digestOf('one'));
      assert.equal((await registry.findDeviceByCredentials('ACCESS_TOKEN', digestOf('one')))?.id, owner.id);
      assert.equal((await registry.findDeviceByCredentials('ACCESS_TOKEN', digestOf('two')))?.id, other.id);
    },
  },
  {
    rule: 'REG-14',
    title: 'refuses as INVALID what is not a SHA-256 in lower-case hex, without repeating it',
    async run(registry) {
      const { id } = await anyDevice(registry);
      for (const secret of ['A1_TEST_TOKEN', digestOf('one').toUpperCase(), digestOf('one').slice(1)]) {
        await assertRefused('INVALID', () => registry.setCredentials(id, 'ACCESS_TOKEN', secret));
        await assert.rejects(
          async () => registry.setCredentials(id, 'ACCESS_TOKEN', secret),
          (error: Error) => !error.message.includes(secret),
        );
      }
    },
  },
  {
    rule: 'REG-21',
    title: 'frees the credentials of a deleted device',
    async run(registry) {
      const [old, next] = [await anyDevice(registry), await anyDevice(registry)];
      await registry.setCredentials(old.id, 'ACCESS_TOKEN', digestOf('one'));
      await registry.deleteDevice(old.id);
      assert.equal(await registry.findDeviceByCredentials('ACCESS_TOKEN', digestOf('one')), undefined);
      await registry.setCredentials(next.id, 'ACCESS_TOKEN', digestOf('one'));
      assert.equal((await registry.findDeviceByCredentials('ACCESS_TOKEN', digestOf('one')))?.id, next.id);
    },
  },
  {
    rule: 'REG-25',
    title: 'finds a device by its exact name in its tenant alone, and none by a name that several have',
    async run(registry) {
      const [{ tenant, customer }, other] = [await tenantWithCustomer(registry), await tenantWithCustomer(registry)];
      const owner = { tenantId: tenant.id, customerId: customer.id };
      const find = async (name: string, tenantId = tenant.id) => (await registry.findDeviceByName(tenantId, name))?.id;
      const assigned = await newDevice(registry, owner, { name: 'Boiler' });
      const free = await newDevice(registry, { tenantId: tenant.id }, { name: 'boiler' });
      assert.deepEqual([await find('Boiler'), await find('boiler')], [assigned.id, free.id]);
      assert.deepEqual([await find('Boil'), await find('Boiler', other.tenant.id)], [undefined, undefined]);
      await newDevice(registry, { tenantId: other.tenant.id }, { name: 'Boiler' });
      await registry.assignDevice(assigned.id, undefined);
      assert.equal(await find('Boiler'), assigned.id);
      const twin = await newDevice(registry, owner, { name: 'Boiler' });
      assert.equal(await find('Boiler'), undefined);
      await registry.deleteDevice(assigned.id);
      assert.equal(await find('Boiler'), twin.id);
      await registry.deleteTenant(tenant.id);
      assert.deepEqual([await find('Boiler'), await find('boiler')], [undefined, undefined]);
    },
  },
  {
    rule: 'REG-39',
    title: 'makes a device with its credentials in one change, or neither, and tells whose credentials are which',
    async run(registry) {
      const { id: tenantId } = await registry.createTenant({ title: 'Tenant' });
      const row = { tenantId, customerId: undefined, name: 'Device', type: 'default' };
      const one = { type: 'ACCESS_TOKEN', digest: digestOf('one') } as const;
      const made: string[] = [];
      const heard = await changesDuring(registry, async () => {
        made.push((await registry.createDevice(row, one)).id);
        await assertRefused('ALREADY_EXISTS', () => registry.createDevice(row, one));
        const undigested = { type: 'ACCESS_TOKEN', digest: 'A1_TEST_TOKEN' } as const;
        await assertRefused('INVALID', () => registry.createDevice(row, undigested));
      });
      const [deviceId] = made as [string];
      assert.deepEqual(heard, [{ kind: 'device', tenantId, deviceId, deleted: false }]);
      assert.equal((await registry.findDeviceByCredentials(one.type, one.digest))?.id, deviceId);
      assert.equal((await registry.listDeviceRows(tenantId, { limit: 100 })).length, 1);
      assert.deepEqual(await registry.findCredentials(deviceId), { deviceId, ...one });
      await registry.setCredentials(deviceId, 'X509_CERTIFICATE', digestOf('two'));
      const two = { deviceId, type: 'X509_CERTIFICATE', digest: digestOf('two') };
      assert.deepEqual(await registry.findCredentials(deviceId), two);
      await registry.revokeCredentials(deviceId);
      assert.equal(await registry.findCredentials(deviceId), undefined);
      const next = await registry.createDevice(row, one);
      await registry.deleteDevice(next.id);
      assert.equal(await registry.findCredentials(next.id), undefined);
    },
  },
];
