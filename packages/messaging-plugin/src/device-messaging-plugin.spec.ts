import { describe, expect, it } from '@jest/globals';
import {
  JsonText,
  RpcError,
  type Awaitable,
  type Device,
  type DeviceDirectory,
  type DeviceQuery,
  type DeviceRpc,
  type RpcCall,
  type ServerRpc,
  type ServerRpcOptions,
} from '@device-messaging/plugin-api';
import { DeviceMessagingConfiguration } from './device-messaging-configuration.js';
import { DeviceMessagingPlugin } from './device-messaging-plugin.js';
import { GetDevicesParams } from './get-devices-params.js';
import type { MessagingPolicy } from './messaging-policy.js';
import { SameCustomerPolicy } from './same-customer-policy.js';
import { SendMsgParams } from './send-msg-params.js';

const A1 = device('ce06a480-9fce-11e6-8080-808080808080', 'Test Device A1');
const A2 = device('aa435e80-9fce-11e6-8080-808080808080', 'Test Device A2');
const A3 = device('86801880-9fce-11e6-8080-808080808080', 'Test Device A3');
const B1 = device('62bcd280-9fce-11e6-8080-808080808080', 'Test Device B1', { customerId: 'customer-b' });
const DHT11 = device('c8f1a6f0-b993-11e6-8a04-9ff4e1b7933c', 'DHT11 Demo Device', { customerId: undefined });
const UNKNOWN = '11111111-2222-3333-4444-555555555555';

function device(id: string, name: string, facts: Partial<Device> = {}): Device {
  return { id, tenantId: 'tenant', customerId: 'customer-a', name, type: 'default', ...facts };
}

/** Keeps the queries; answers with what the test gave it. */
class FakeDirectory implements DeviceDirectory {
  readonly queries: DeviceQuery[] = [];
  readonly online = new Set<string>();

  constructor(
    private readonly listed: Awaitable<readonly Device[]> = [A2, A3],
    private readonly findDevice: (id: string) => Awaitable<Device | undefined> = (id) =>
      [A1, A2, A3, B1, DHT11].find((known) => known.id === id),
  ) {}

  find(deviceId: string): Awaitable<Device | undefined> {
    return this.findDevice(deviceId);
  }

  list(query: DeviceQuery): Awaitable<readonly Device[]> {
    this.queries.push(query);
    return this.listed;
  }

  isOnline(deviceId: string): boolean {
    return this.online.has(deviceId);
  }
}

interface Asked {
  readonly targetId: string;
  readonly message: ServerRpc;
  readonly options: ServerRpcOptions;
}

/** Keeps what it is asked for and always gives the same promise. */
class FakeRpc implements DeviceRpc {
  readonly asked: Asked[] = [];
  readonly reply = Promise.resolve(JsonText.fromString('{"status":"ok"}'));

  request(targetId: string, message: ServerRpc, options: ServerRpcOptions): PromiseLike<JsonText> {
    this.asked.push({ targetId, message, options });
    return this.reply;
  }
}

interface Ports {
  readonly directory?: DeviceDirectory;
  readonly rpc?: DeviceRpc;
  readonly policy?: MessagingPolicy;
}

function pluginWith({
  directory = new FakeDirectory(),
  rpc = new FakeRpc(),
  policy = new SameCustomerPolicy(),
}: Ports = {}) {
  return new DeviceMessagingPlugin(directory, rpc, policy);
}

function callOf<P>(params: P, caller = A1, settings: Partial<DeviceMessagingConfiguration> = {}) {
  const configuration = Object.assign(new DeviceMessagingConfiguration(), settings);
  const call: RpcCall<P, DeviceMessagingConfiguration> = {
    method: 'test',
    params,
    configuration,
    caller,
    receivedAt: 0,
    expiresAt: undefined,
  };
  return call;
}

function listing(
  params: Partial<GetDevicesParams> = {},
  caller = A1,
  settings?: Partial<DeviceMessagingConfiguration>,
) {
  return callOf(Object.assign(new GetDevicesParams(), params), caller, settings);
}

function sending(params: Partial<SendMsgParams> = {}, settings?: Partial<DeviceMessagingConfiguration>) {
  return callOf(Object.assign(new SendMsgParams(), { deviceId: A2.id }, params), A1, settings);
}

/** The error that `run` throws or rejects with, as the caller would read it. */
async function errorOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof RpcError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('getDevices', () => {
  it('MSG-1, MSG-2: answers the other devices of the customer with id and name and nothing else', () => {
    const directory = new FakeDirectory();
    expect(pluginWith({ directory }).getDevices(listing())).toEqual([
      { id: A2.id, name: 'Test Device A2' },
      { id: A3.id, name: 'Test Device A3' },
    ]);
    expect(directory.queries).toEqual([{ customerId: 'customer-a', limit: 1024, except: A1.id }]);
  });

  it('MSG-1: answers [] to a device that is alone', () => {
    expect(pluginWith({ directory: new FakeDirectory([]) }).getDevices(listing())).toEqual([]);
  });

  it('answers a promise only when the directory does', async () => {
    const directory = new FakeDirectory(Promise.resolve([A2]));
    const answer = pluginWith({ directory }).getDevices(listing());
    expect(answer).toHaveProperty('then');
    expect(await answer).toEqual([{ id: A2.id, name: 'Test Device A2' }]);
  });

  it('MSG-1: lists no more than the configuration of the caller says', () => {
    const directory = new FakeDirectory();
    pluginWith({ directory }).getDevices(listing({}, A1, { maxDeviceCountPerCustomer: 7 }));
    expect(directory.queries).toMatchObject([{ limit: 7 }]);
  });

  it.each([1, 7])('MSG-3: takes a limit of %d out of 7', (limit) => {
    const directory = new FakeDirectory();
    pluginWith({ directory }).getDevices(listing({ limit }, A1, { maxDeviceCountPerCustomer: 7 }));
    expect(directory.queries).toMatchObject([{ limit }]);
  });

  it.each([0, -1, 8])('MSG-3: refuses a limit of %d out of 7', async (limit) => {
    const call = listing({ limit }, A1, { maxDeviceCountPerCustomer: 7 });
    expect(await errorOf(() => pluginWith().getDevices(call))).toBe(
      'Invalid params: limit must be an integer from 1 to 7',
    );
  });

  it('MSG-3: no limit is right where nothing is listed', async () => {
    const call = listing({ limit: 1 }, A1, { maxDeviceCountPerCustomer: 0 });
    expect(await errorOf(() => pluginWith().getDevices(call))).toBe(
      'Invalid params: limit cannot be given: devices are not listed here',
    );
  });

  it.each([A2.id, A2.id.toUpperCase()])('MSG-4: pages after the device %s', (after) => {
    const directory = new FakeDirectory();
    pluginWith({ directory }).getDevices(listing({ after }));
    expect(directory.queries).toMatchObject([{ after: A2.id }]);
  });

  it.each([
    ['an unknown device', UNKNOWN],
    ["another customer's device", B1.id],
    ['a device without a customer', DHT11.id],
  ])('MSG-4: refuses a page after %s, always with the same words', async (_which, after) => {
    const directory = new FakeDirectory();
    expect(await errorOf(() => pluginWith({ directory }).getDevices(listing({ after })))).toBe(
      'Invalid params: after must be the id of a device of your customer',
    );
    expect(directory.queries).toEqual([]);
  });

  it('MSG-4: refuses it as well when the directory looks it up asynchronously', async () => {
    const directory = new FakeDirectory([], () => Promise.resolve(B1));
    expect(await errorOf(() => pluginWith({ directory }).getDevices(listing({ after: B1.id })))).toBe(
      'Invalid params: after must be the id of a device of your customer',
    );
  });

  it('MSG-5: passes type and name on', () => {
    const directory = new FakeDirectory();
    pluginWith({ directory }).getDevices(listing({ type: 'actuator', name: 'Valve' }));
    expect(directory.queries).toMatchObject([{ type: 'actuator', name: 'Valve' }]);
  });

  it('MSG-6: adds the members that were asked for', () => {
    const directory = new FakeDirectory([A2, A3]);
    directory.online.add(A3.id);
    const plugin = pluginWith({ directory });
    expect(plugin.getDevices(listing({ fields: ['type'] }))).toEqual([
      { id: A2.id, name: A2.name, type: 'default' },
      { id: A3.id, name: A3.name, type: 'default' },
    ]);
    expect(plugin.getDevices(listing({ fields: ['online', 'type', 'online'] }))).toEqual([
      { id: A2.id, name: A2.name, type: 'default', online: false },
      { id: A3.id, name: A3.name, type: 'default', online: true },
    ]);
  });

  it('MSG-7: tells a device without a customer so', async () => {
    expect(await errorOf(() => pluginWith().getDevices(listing({}, DHT11)))).toBe('Device is unassigned!');
  });

  it('MSG-24: looks at the params before it looks at the customer', async () => {
    expect(await errorOf(() => pluginWith().getDevices(listing({ limit: 0 }, DHT11)))).toMatch(/^Invalid params: /);
  });
});

describe('sendMsg', () => {
  it('MSG-10, MSG-11: asks the target with onMsg and returns the reply as it is', () => {
    const rpc = new FakeRpc();
    const body = JsonText.fromString('{"n": 12345678901234567890}');
    expect(pluginWith({ rpc }).sendMsg(sending({ body }))).toBe(rpc.reply);
    expect(rpc.asked).toHaveLength(1);
    expect(rpc.asked[0]?.targetId).toBe(A2.id);
    expect(rpc.asked[0]?.message.method).toBe('onMsg');
    expect(rpc.asked[0]?.message.params).toBe(body);
  });

  it('MSG-9: finds the target in any case', () => {
    const rpc = new FakeRpc();
    pluginWith({ rpc }).sendMsg(sending({ deviceId: A2.id.toUpperCase() }));
    // The port takes ids in any case.
    expect(rpc.asked[0]?.targetId.toLowerCase()).toBe(A2.id);
  });

  it('MSG-15: an absent body is null, an absent timeout the default', () => {
    const rpc = new FakeRpc();
    const call = sending({}, { defaultTimeout: 1234 });
    pluginWith({ rpc }).sendMsg(call);
    expect(rpc.asked[0]?.message.params.toString()).toBe('null');
    expect(rpc.asked[0]?.options).toMatchObject({ timeoutMs: 1234, oneway: false, offline: 'wait', onBehalfOf: call });
  });

  it('MSG-12, MSG-16: passes oneway and offline on', () => {
    const rpc = new FakeRpc();
    pluginWith({ rpc }).sendMsg(sending({ oneway: true, offline: 'fail' }));
    expect(rpc.asked[0]?.options).toMatchObject({ oneway: true, offline: 'fail' });
  });

  it.each([1, 60000])('MSG-14: takes a timeout of %d ms', (timeout) => {
    const rpc = new FakeRpc();
    pluginWith({ rpc }).sendMsg(sending({ timeout }));
    expect(rpc.asked[0]?.options.timeoutMs).toBe(timeout);
  });

  it.each([
    [0, "Timeout can't be negative!"],
    [-1, "Timeout can't be negative!"],
    [60001, 'Timeout is too large!'],
  ])('MSG-14: refuses a timeout of %d ms without asking anybody', async (timeout, text) => {
    const rpc = new FakeRpc();
    expect(await errorOf(() => pluginWith({ rpc }).sendMsg(sending({ timeout })))).toBe(text);
    expect(rpc.asked).toEqual([]);
  });

  it('MSG-26: lets the host ask the policy, with the same function for every message', async () => {
    const asked: [Device, Device][] = [];
    const decision = { allowed: false, reason: 'closed on Sundays' } as const;
    const policy: MessagingPolicy = {
      authorize: (caller, target) => {
        asked.push([caller, target]);
        return decision;
      },
    };
    const rpc = new FakeRpc();
    const plugin = pluginWith({ rpc, policy });
    plugin.sendMsg(sending());
    plugin.sendMsg(sending());
    expect(asked).toEqual([]);
    expect(await rpc.asked[0]?.options.authorize?.(A1, A2)).toBe(decision);
    expect(asked).toEqual([[A1, A2]]);
    expect(rpc.asked[1]?.options.authorize).toBe(rpc.asked[0]?.options.authorize);
  });
});
