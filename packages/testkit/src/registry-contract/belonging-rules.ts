import type { Enablement, QuotaSubject } from '@device-messaging/host-api';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ContractRule } from '../contract/contract-rule.js';
import {
  anyDevice,
  assertRefused,
  changesDuring,
  digestOf,
  newCustomer,
  newDevice,
  newPlugin,
  tenantWithCustomer,
  type Registry,
} from './registry-rows.js';

/** A plugin and two customers of its tenant. */
async function pluginWithCustomers(registry: Registry) {
  const { tenant, customer } = await tenantWithCustomer(registry);
  const plugin = await newPlugin(registry, tenant.id);
  return { tenant, plugin, one: customer.id, two: (await newCustomer(registry, tenant.id)).id };
}

/** Asserts that of two changes that are asked for at once, knowing the same, one is made and the other is `STALE`. */
async function assertOneWins(change: (name: 'first' | 'second') => unknown): Promise<void> {
  const outcomes = await Promise.allSettled((['first', 'second'] as const).map(async (name) => change(name)));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.equal(refused.length, 1, `of two changes ${2 - refused.length} were made`);
  await assertRefused('STALE', () => Promise.reject(refused[0]!.reason as Error));
}

/** What belongs to rows and stands beside them: credentials, quotas, and what is said of a plugin's customers. */
export const BELONGING_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-44',
    title: 'counts a change of credentials as one of the device, and of what is said of customers as one of the plugin',
    async run(registry) {
      const device = await anyDevice(registry);
      assert.equal((await registry.setCredentials(device.id, 'ACCESS_TOKEN', digestOf('one'))).version, 2);
      assert.equal((await registry.setCredentials(device.id, 'ACCESS_TOKEN', digestOf('one'))).version, 2);
      assert.equal((await registry.revokeCredentials(device.id)).version, 3);
      assert.equal((await registry.revokeCredentials(device.id)).version, 3);
      assert.deepEqual(await registry.findDeviceRow(device.id), { ...device, version: 3 });
      const { plugin, tenant, one } = await pluginWithCustomers(registry);
      const settings = { enabled: false, configuration: {} };
      assert.equal((await registry.putCustomerSettings(plugin.id, one, settings)).version, 2);
      assert.equal((await registry.putCustomerSettings(plugin.id, one, settings)).version, 2);
      assert.equal((await registry.setEnabledByDefault(plugin.id, false)).version, 3);
      assert.equal((await registry.deleteCustomerSettings(plugin.id, one)).version, 4);
      await registry.putCustomerSettings(plugin.id, one, settings);
      await registry.deleteCustomer(one);
      const now = { ...plugin, version: 6 };
      assert.deepEqual(await registry.findPlugin(plugin.id), now);
      assert.deepEqual(await registry.listPlugins(tenant.id), [now]);
    },
  },
  {
    rule: 'REG-45',
    title: 'answers a plugin with all that is said of its customers, and says all of it anew in one change, or nothing',
    async run(registry) {
      const { tenant, plugin, one, two } = await pluginWithCustomers(registry);
      assert.equal(await registry.findEnablement(randomUUID()), undefined);
      assert.deepEqual(await registry.findEnablement(plugin.id), {
        plugin,
        enabledByDefault: true,
        customers: new Map(),
      });
      await registry.putCustomerSettings(plugin.id, one, { enabled: true, configuration: { limit: 5 } });
      const said = new Map([[two, { enabled: false, configuration: { limit: { of: [1] } } }]]);
      const heard = await changesDuring(registry, async () => {
        const replaced = await registry.replaceEnablement(plugin.id, { enabledByDefault: false, customers: said });
        assert.equal(replaced.version, 3);
        const same = await registry.replaceEnablement(plugin.id.toUpperCase(), {
          enabledByDefault: false,
          customers: new Map(Array.from(said, ([id, settings]) => [id.toUpperCase(), settings])),
        });
        assert.equal(same.version, 3);
      });
      const expected = { plugin: { ...plugin, version: 3 }, enabledByDefault: false, customers: said };
      assert.deepEqual(await registry.findEnablement(plugin.id), expected);
      assert.deepEqual(await registry.findCustomerSettings(plugin.id, one), { enabled: false, configuration: {} });
      assert.deepEqual(await registry.findCustomerSettings(plugin.id, two), said.get(two));
      const about = heard.map((change) => (change.kind === 'customer-settings' ? change.customerId : change.kind));
      assert.deepEqual(new Set(about), new Set([one, two, undefined]));
      assert.equal(heard.length, 3);
      const foreign = (await tenantWithCustomer(registry)).customer.id;
      const settings = { enabled: true, configuration: {} };
      const wrong: Enablement = {
        enabledByDefault: true,
        customers: new Map([one, foreign].map((id) => [id, settings])),
      };
      await assertRefused('NOT_FOUND', () => registry.replaceEnablement(plugin.id, wrong));
      await assertRefused('NOT_FOUND', () => registry.replaceEnablement(randomUUID(), wrong));
      assert.deepEqual(await registry.findEnablement(plugin.id), expected);
      assert.equal((await registry.listPlugins(tenant.id)).length, 1);
    },
  },
  {
    rule: 'REG-46',
    title: 'refuses as STALE credentials, sayings of customers, and quotas of whoever knew older ones; of two one wins',
    async run(registry) {
      const device = await anyDevice(registry);
      const [known, stale] = [{ ifVersion: 1 }, { ifVersion: 7 }];
      const { plugin, one, two } = await pluginWithCustomers(registry);
      const settings = { enabled: false, configuration: {} };
      const all: Enablement = { enabledByDefault: false, customers: new Map([[one, settings]]) };
      const subject: QuotaSubject = { kind: 'device', id: device.id };
      const heard = await changesDuring(registry, async () => {
        await assertRefused('STALE', () => registry.setCredentials(device.id, 'ACCESS_TOKEN', digestOf('x'), stale));
        await assertRefused('STALE', () => registry.revokeCredentials(device.id, stale));
        await assertRefused('STALE', () => registry.setEnabledByDefault(plugin.id, false, stale));
        await assertRefused('STALE', () => registry.putCustomerSettings(plugin.id, one, settings, stale));
        await assertRefused('STALE', () => registry.deleteCustomerSettings(plugin.id, one, stale));
        await assertRefused('STALE', () => registry.replaceEnablement(plugin.id, all, stale));
        const others = { ifQuotas: { connections: 1 } };
        await assertRefused('STALE', () => registry.putQuotas(subject, { connections: 2 }, others));
        await assertRefused('STALE', () => registry.putQuotas(subject, {}, others));
      });
      assert.deepEqual(heard, []);
      await assertOneWins((name) => registry.setCredentials(device.id, 'ACCESS_TOKEN', digestOf(name), known));
      await assertOneWins((name) =>
        registry.putCustomerSettings(plugin.id, name === 'first' ? one : two, settings, known),
      );
      // Whoever checked overrides against a configuration must not put them beside another one, nor the other way round.
      await assertOneWins((name) =>
        name === 'first'
          ? registry.updatePlugin(plugin.id, { configuration: { limit: 4 } }, { ifVersion: 2 })
          : registry.replaceEnablement(plugin.id, all, { ifVersion: 2 }),
      );
      assert.equal((await registry.findPlugin(plugin.id))?.version, 3);
      await assertOneWins((name) =>
        registry.putQuotas(subject, { connections: name === 'first' ? 1 : 2 }, { ifQuotas: {} }),
      );
      const read = await registry.findQuotas(subject);
      await registry.putQuotas(subject, { connections: 3, messagesPerSecond: 0.1 }, { ifQuotas: read });
      const again = { messagesPerSecond: 0.1, connections: 3 };
      await registry.putQuotas(subject, {}, { ifQuotas: again });
      assert.deepEqual(await registry.findQuotas(subject), {});
    },
  },
  {
    rule: 'REG-47',
    title: 'answers the credentials and quotas of many at once, of those that have any, by ids in any case',
    async run(registry) {
      const { tenant, customer } = await tenantWithCustomer(registry);
      const owner = { tenantId: tenant.id, customerId: customer.id };
      const devices = [
        await newDevice(registry, owner),
        await newDevice(registry, owner),
        await newDevice(registry, owner),
      ];
      const [a, b, c] = devices.map(({ id }) => id) as [string, string, string];
      await registry.setCredentials(a, 'ACCESS_TOKEN', digestOf('a'));
      await registry.setCredentials(c, 'X509_CERTIFICATE', digestOf('c'));
      const ids = [a.toUpperCase(), b, c, randomUUID(), 'no id'];
      const credentials = await registry.listCredentials(ids);
      const row = { deviceId: a, type: 'ACCESS_TOKEN', digest: digestOf('a') } as const;
      const other = { deviceId: c, type: 'X509_CERTIFICATE', digest: digestOf('c') } as const;
      assert.deepEqual(
        credentials,
        new Map<string, object>([
          [a, row],
          [c, other],
        ]),
      );
      assert.deepEqual(credentials.get(a), await registry.findCredentials(a));
      assert.equal((await registry.listCredentials([])).size, 0);
      const [quotas, more] = [{ connections: 1 }, { messagesPerSecond: 0.5 }];
      await registry.putQuotas({ kind: 'device', id: b }, quotas);
      await registry.putQuotas({ kind: 'device', id: c }, more);
      await registry.putQuotas({ kind: 'customer', id: customer.id }, quotas);
      assert.deepEqual(
        await registry.listQuotas('device', ids),
        new Map<string, object>([
          [b, quotas],
          [c, more],
        ]),
      );
      assert.deepEqual(await registry.listQuotas('customer', [customer.id, b]), new Map([[customer.id, quotas]]));
      assert.equal((await registry.listQuotas('tenant', [tenant.id])).size, 0);
      await registry.putQuotas({ kind: 'device', id: b }, {});
      assert.deepEqual([...(await registry.listQuotas('device', ids)).keys()], [c]);
    },
  },
];
