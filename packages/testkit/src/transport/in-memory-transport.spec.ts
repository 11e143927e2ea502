import { createHost, InMemoryRegistry, type Host } from '@device-messaging/host-runtime';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { digestOf, newDevice, newPlugin, newRule, tenantWithCustomer } from '../registry-contract/registry-rows.js';
import { settle } from '../time/settle.js';
import { VirtualTimers } from '../time/virtual-timers.js';
import { ContractPlugin } from '../transport-contract/contract-plugin.js';
import { callHandlers, type CallHandler } from './call-handlers.js';
import type { FakeDevice } from './fake-device.js';
import { InMemoryTransport, UnknownTokenError } from './in-memory-transport.js';

const TOKEN = 'THE_TOKEN';

let timers: VirtualTimers;
let transport: InMemoryTransport;
let host: Host;

async function stopped(): Promise<void> {
  const end = host.stop();
  await timers.advanceAsync(60_000);
  await end;
}

beforeEach(async () => {
  const registry = new InMemoryRegistry();
  const { tenant, customer } = await tenantWithCustomer(registry);
  const device = await newDevice(registry, { tenantId: tenant.id, customerId: customer.id });
  registry.setCredentials(device.id, 'ACCESS_TOKEN', digestOf(TOKEN));
  await newPlugin(registry, tenant.id, { clazz: 'transport-contract', apiToken: 'contract', configuration: {} });
  await newRule(registry, tenant.id, { pluginToken: 'contract', filters: [] });
  timers = new VirtualTimers();
  transport = new InMemoryTransport();
  host = createHost({ plugins: [ContractPlugin], transports: [transport], registry, timers });
  await host.start();
});

afterEach(stopped);

/** The answer to a call that a device makes to itself. */
function ask(device: FakeDevice, options: { timeout?: number; oneway?: boolean } = {}): Promise<string> {
  return device.request('call', { deviceId: device.deviceId, body: { n: 1 }, timeout: 1_000, ...options });
}

describe('InMemoryTransport', () => {
  test('rejects a token that no device has', async () => {
    await expect(transport.connect('NOBODYS_TOKEN')).rejects.toBeInstanceOf(UnknownTokenError);
  });

  test('takes no connections before its host has started and after it has stopped', async () => {
    await expect(new InMemoryTransport().connect(TOKEN)).rejects.toThrow('it is not running');
    await stopped();
    await expect(transport.connect(TOKEN)).rejects.toThrow('it is not running');
  });

  test('tells its devices why the host closed them', async () => {
    const old = await transport.connect(TOKEN, { clientId: 'one' });
    const next = await transport.connect(TOKEN, { clientId: 'one' });
    expect(await old.closed).toBe('TAKEN_OVER');
    await stopped();
    expect([old.closeReason, next.closeReason]).toEqual(['TAKEN_OVER', 'HOST_STOPPING']);
  });
});

describe('FakeDevice', () => {
  test.each<[string, () => CallHandler, string]>([
    ['echo', () => callHandlers.echo(), '{"n":1}'],
    ['text', () => callHandlers.text('{ "a" : 1.10 }'), '{ "a" : 1.10 }'],
    ['late, in time', () => callHandlers.late(timers, 999, '"late"'), '"late"'],
    [
      'late, too late',
      () => callHandlers.late(timers, 5_000, '"late"'),
      '{"error":"Timeout while waiting response from device!"}',
    ],
    ['twice', () => callHandlers.twice('1', '2'), '1'],
    ['garbage', () => callHandlers.garbage(), '{"error":"Invalid response from the remote device!"}'],
    ['silent', () => callHandlers.silent(), '{"error":"Timeout while waiting response from device!"}'],
  ])('replies as its handler says: %s', async (_name, handler, answer) => {
    const device = await transport.connect(TOKEN, { listen: true, onCall: handler() });
    const answered = ask(device);
    await timers.advanceAsync(10_000);
    expect(await answered).toBe(answer);
    expect(device.answers).toEqual([answer]);
    expect(device.strays).toEqual([]);
  });

  test('notes the calls that reach it, verbatim', async () => {
    const device = await transport.connect(TOKEN, { listen: true });
    void device.requestRaw(`{"method":"call","params":{"deviceId":"${device.deviceId}","oneway":true,"body":1.10}}`);
    await settle();
    expect(device.calls).toMatchObject([{ method: 'onMsg', params: '1.10', deadline: timers.now() + 10_000 }]);
    expect(await device.calls[0]?.reply('1')).toBe(false);
  });

  test('confirms a call, or fails it so that it comes again', async () => {
    const device = await transport.connect(TOKEN, { listen: true });
    device.confirmation = 'unconfirmed';
    const answered = ask(device, { oneway: true });
    await settle();
    device.fail(device.calls[0]!.id);
    await settle();
    const ids = device.calls.map(({ id }) => id);
    expect(ids).toHaveLength(2);
    device.confirm(ids[1]!);
    expect(await answered).toBe('null');
  });

  test('refuses what is too large for it', async () => {
    const device = await transport.connect(TOKEN, { listen: true });
    device.confirmation = 'too-large';
    expect(await ask(device)).toBe('{"error":"The message is too large for this connection!"}');
  });

  test('lets requests fail when it is disconnected before the answer, and afterwards', async () => {
    const device = await transport.connect(TOKEN, { listen: true });
    const answered = ask(device);
    device.disconnect();
    device.disconnect();
    await expect(answered).rejects.toThrow('The connection ended before the answer came: DISCONNECTED');
    await expect(device.request('echo')).rejects.toThrow('The device is not connected any more: DISCONNECTED');
    expect(await device.closed).toBe('DISCONNECTED');
  });
});
