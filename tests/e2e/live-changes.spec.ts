import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { ControlledHost, CUSTOMER, FOREIGN, OTHER_CUSTOMER, PLUGIN, RULE, X1, X2 } from './controlled-host.js';
import type { MqttDevice } from './mqtt-device.js';

const error = (text: string): string => JSON.stringify({ error: text });
const NOT_ALLOWED = error('This action is not allowed! Devices are unassigned or assigned to different customers!');
const NOT_ENABLED = error('Device Messaging Plugin is not enabled for this customer!');
const SUSPENDED = error('Plugin is suspended!');

let host: ControlledHost;
let x1: MqttDevice;

beforeEach(async () => {
  host = await ControlledHost.start();
  x1 = await host.connect(X1);
});

afterEach(async () => {
  await host.stop();
});

/** A message to X2, which is away; done when the host holds it. Boxed, for a promise of a promise is none. */
async function waiting(): Promise<{ answer: Promise<string> }> {
  const answer = x1.sendMsg(X2.id, 'waiting', { timeout: 60_000 });
  await host.until(({ waitingCalls }) => waitingCalls > 0);
  return { answer };
}

async function connectListening(device: { token: string }): Promise<MqttDevice> {
  const connected = await host.connect(device);
  connected.onCall = () => '"here"';
  await connected.listen();
  return connected;
}

describe('MSG-36: what changes in the registry acts on live traffic', () => {
  test('a device that is re-assigned', async () => {
    await connectListening(X2);
    expect(await x1.sendMsg(X2.id, 1)).toBe('"here"');
    await host.change('assignDevice', X2.id, OTHER_CUSTOMER);
    expect(await x1.sendMsg(X2.id, 1)).toBe(NOT_ALLOWED);
    await host.change('assignDevice', X2.id, CUSTOMER);
    expect(await x1.sendMsg(X2.id, 1)).toBe('"here"');
  });

  test('a device that is re-assigned while a message waits for it', async () => {
    const { answer } = await waiting();
    await host.change('assignDevice', X2.id, OTHER_CUSTOMER);
    expect(await answer).toBe(NOT_ALLOWED);
  });

  test('a token that is replaced closes the session and lets the new one in', async () => {
    const closed = x1.closed();
    await host.change('setCredentials', X1.id, 'ACCESS_TOKEN', createHash('sha256').update('NEW').digest('hex'));
    await closed;
    await expect(host.connect(X1)).rejects.toThrow('Not authorized');
    expect(await (await host.connect({ token: 'NEW' })).ask('getDevices')).toContain('X2');
  });

  test('a device that is deleted', async () => {
    const { answer } = await waiting();
    await host.change('deleteDevice', X2.id);
    expect(await answer).toBe(error('Target device not found!'));
    expect(await x1.ask('getDevices')).toBe('[]');
  });

  test('a plugin that is suspended, for what waits and what comes, and activated again', async () => {
    const { answer } = await waiting();
    await host.change('updatePlugin', PLUGIN, { state: 'SUSPENDED' });
    expect(await answer).toBe(SUSPENDED);
    expect(await x1.ask('getDevices')).toBe(SUSPENDED);
    await host.change('updatePlugin', PLUGIN, { state: 'ACTIVE' });
    expect(await x1.ask('getDevices')).toContain('X2');
  });

  test('a plugin that is disabled for a customer, for what waits and what comes', async () => {
    const { answer } = await waiting();
    await host.change('putCustomerSettings', PLUGIN, CUSTOMER, { enabled: false, configuration: {} });
    expect(await answer).toBe(NOT_ENABLED);
    expect(await x1.ask('getDevices')).toBe(NOT_ENABLED);
  });

  test('MSG-31: a customer with a maximum timeout of its own', async () => {
    await host.change('putCustomerSettings', PLUGIN, CUSTOMER, {
      enabled: true,
      configuration: { defaultTimeout: 50, maxTimeout: 100 },
    });
    expect(await x1.sendMsg(X2.id, 1, { timeout: 101 })).toBe(error('Timeout is too large!'));
    expect(await x1.sendMsg(X2.id, 1)).toBe(error('No active connection to the remote device!'));
  });

  test("a plugin that cannot work is the host's own fault", async () => {
    await host.change('updatePlugin', PLUGIN, { configuration: { maxTimeout: 1 } });
    expect(await x1.ask('getDevices')).toBe(error('Internal server error!'));
    await host.change('updatePlugin', PLUGIN, { configuration: {} });
    expect(await x1.ask('getDevices')).toContain('X2');
  });

  test('rules that are changed, suspended, deleted', async () => {
    const forward = { action: { name: 'Forward', clazz: 'forward', configuration: {} } };
    await host.change('updateRule', RULE, forward);
    expect(await x1.ask('getDevices')).toBe(error('Rule filters match, but no rule with two-way action configured!'));
    const never = [{ name: 'Never', clazz: 'device-type', configuration: { deviceTypes: [{ name: 'none' }] } }];
    await host.change('updateRule', RULE, { filters: never });
    expect(await x1.ask('getDevices')).toBe(error('No rules that match current message!'));
    await host.change('updateRule', RULE, { state: 'SUSPENDED' });
    expect(await x1.ask('getDevices')).toBe(error('No active rules!'));
    await host.change('deleteRule', RULE);
    expect(await x1.ask('getDevices')).toBe(error('No rules configured!'));
  });

  test('RPC-13, MSG-24: of all that is wrong the first check is the answer', async () => {
    const wrong = (): Promise<string> => x1.ask('sendMsg', { deviceId: FOREIGN.id, timeout: -1, oneway: 7 });
    const never = [{ name: 'Never', clazz: 'device-type', configuration: { deviceTypes: [{ name: 'none' }] } }];
    await host.change('updateRule', RULE, { filters: never });
    await host.change('updatePlugin', PLUGIN, { state: 'SUSPENDED' });
    await host.change('putCustomerSettings', PLUGIN, CUSTOMER, { enabled: false, configuration: {} });
    expect(await x1.askRaw('{"method":')).toContain('Invalid request');
    expect(await wrong()).toBe(error('No rules that match current message!'));
    await host.change('updateRule', RULE, { filters: [] });
    expect(await wrong()).toBe(SUSPENDED);
    await host.change('updatePlugin', PLUGIN, { state: 'ACTIVE' });
    expect(await wrong()).toBe(NOT_ENABLED);
    await host.change('deleteCustomerSettings', PLUGIN, CUSTOMER);
    expect(await wrong()).toBe(error('Invalid params: oneway must be true or false'));
    expect(await x1.sendMsg(FOREIGN.id, 1, { timeout: -1 })).toBe(error("Timeout can't be negative!"));
    expect(await x1.sendMsg(FOREIGN.id, 1)).toBe(error('Target device not found!'));
    await host.change('assignDevice', X2.id, OTHER_CUSTOMER);
    expect(await x1.sendMsg(X2.id, 1)).toBe(NOT_ALLOWED);
  });

  test('a device of another tenant does not exist', async () => {
    await connectListening(FOREIGN);
    expect(await x1.sendMsg(FOREIGN.id, 1)).toBe(error('Target device not found!'));
  });

  test('what was sent and settled leaves nothing behind', async () => {
    await connectListening(X2);
    await Promise.all(Array.from({ length: 50 }, (_, body) => x1.sendMsg(X2.id, body)));
    expect(await host.statistics()).toMatchObject({ requests: 0, pendingCalls: 0, waitingCalls: 0, deadlines: 0 });
  });
});
