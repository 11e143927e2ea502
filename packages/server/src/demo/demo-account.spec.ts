import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@device-messaging/host-api';
import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { DeviceMessagingPlugin } from '@device-messaging/messaging-plugin';
import { readDemoAccount } from './demo-account.js';
import { loadDemoAccount } from './load-demo-account.js';

const CUSTOMER_A = 'ccd57780-9fce-11e6-8080-808080808080';
const CUSTOMER_B = 'a9123180-9fce-11e6-8080-808080808080';
const CUSTOMER_C = '854eeb80-9fce-11e6-8080-808080808080';
const TENANT = 'cba44a80-9fce-11e6-8080-808080808080';

/** As published with ThingsBoard 1.x, in order of age. */
const DEVICES: readonly (readonly [string, string, string | undefined, string])[] = [
  ['ce06a480-9fce-11e6-8080-808080808080', 'Test Device A1', CUSTOMER_A, 'A1_TEST_TOKEN'],
  ['aa435e80-9fce-11e6-8080-808080808080', 'Test Device A2', CUSTOMER_A, 'A2_TEST_TOKEN'],
  ['86801880-9fce-11e6-8080-808080808080', 'Test Device A3', CUSTOMER_A, 'A3_TEST_TOKEN'],
  ['62bcd280-9fce-11e6-8080-808080808080', 'Test Device B1', CUSTOMER_B, 'B1_TEST_TOKEN'],
  ['3ef98c80-9fce-11e6-8080-808080808080', 'Test Device C1', CUSTOMER_C, 'C1_TEST_TOKEN'],
  ['c8f1a6f0-b993-11e6-8a04-9ff4e1b7933c', 'DHT11 Demo Device', undefined, 'DHT11_DEMO_TOKEN'],
  ['c8f1a6f0-b993-11e6-8a04-9ff4e1b7933d', 'Raspberry Pi Demo Device', undefined, 'RASPBERRY_PI_DEMO_TOKEN'],
];

async function loaded(): Promise<InMemoryRegistry> {
  const registry = new InMemoryRegistry();
  const { control } = createHost({ plugins: [DeviceMessagingPlugin], transports: [], registry });
  await loadDemoAccount(readDemoAccount(), registry, control);
  return registry;
}

describe('the demo account', () => {
  it.each(DEVICES)('has device %s, %s', async (id, name, customerId, token) => {
    const registry = await loaded();
    const digest = createHash('sha256').update(token).digest('hex');
    const expected = { id, name, customerId, tenantId: TENANT, type: 'default' };
    expect(registry.findDeviceByCredentials('ACCESS_TOKEN', digest)).toMatchObject(expected);
    expect(registry.findDevice(id)).toMatchObject(expected);
  });

  it('has no other devices', () => {
    expect(readDemoAccount().devices.map(({ id }) => id)).toEqual(DEVICES.map(([id]) => id));
  });

  it("lists a customer's devices by age", async () => {
    const rows = (await loaded()).listDevices(TENANT, { customerId: CUSTOMER_A, limit: 10 });
    expect(rows.map(({ name }) => name)).toEqual(['Test Device A1', 'Test Device A2', 'Test Device A3']);
  });

  it('has the plugin and the rule of the export files', async () => {
    const registry = await loaded();
    expect(registry.listPlugins(TENANT)).toMatchObject([
      {
        id: 'cfd06800-9fce-11e6-8080-808080808080',
        name: 'Demo Device Messaging RPC Plugin',
        apiToken: 'messaging',
        state: 'ACTIVE',
        configuration: { maxDeviceCountPerCustomer: 1024, defaultTimeout: 20_000, maxTimeout: 60_000 },
      },
    ]);
    expect(registry.listRules(TENANT)).toMatchObject([
      { name: 'Demo Messaging RPC Rule', pluginToken: 'messaging', state: 'ACTIVE', weight: 0 },
    ]);
  });

  it.each([
    ['demo_device_messaging_rpc_plugin.json', 'b6315e7cd4fd934efbd5d76826904eda54d01f6296595c64a8e047a88d801c7c'],
    ['demo_messaging_rpc_rule.json', '3df5dc6e81f640813504e5b5c171404740ed4c60195a1168a10b63c4c42fee90'],
  ])('has %s as ThingsBoard 1.x publishes it, byte for byte', (name, digest) => {
    const content = readFileSync(new URL(`../../demo/${name}`, import.meta.url));
    expect(createHash('sha256').update(content).digest('hex')).toBe(digest);
  });

  it('is refused, with nothing created, by a host that lacks its plugin', async () => {
    const registry = new InMemoryRegistry();
    const { control } = createHost({ plugins: [], transports: [], registry });
    await expect(loadDemoAccount(readDemoAccount(), registry, control)).rejects.toThrow(ConfigurationError);
    expect(registry.findDevice('ce06a480-9fce-11e6-8080-808080808080')).toBeUndefined();
  });
});
