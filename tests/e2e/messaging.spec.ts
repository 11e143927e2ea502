import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { IClientOptions } from 'mqtt';
import { A1, A2, A3, B1, UNASSIGNED } from './demo-account.js';
import { MqttDevice } from './mqtt-device.js';
import { ServerProcess } from './server-process.js';

const error = (text: string): string => JSON.stringify({ error: text });
const NO_CONNECTION = error('No active connection to the remote device!');
const NOT_ALLOWED = error('This action is not allowed! Devices are unassigned or assigned to different customers!');

let server: ServerProcess;
let devices: MqttDevice[] = [];

beforeAll(async () => {
  server = await ServerProcess.start();
});

afterEach(async () => {
  await Promise.all(devices.map((device) => device.leave()));
  devices = [];
});

afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

async function connect({ token }: { token: string }, options: IClientOptions = {}): Promise<MqttDevice> {
  const device = await MqttDevice.connect(server.mqttPort, token, options);
  devices.push(device);
  return device;
}

/** A device that replies to every call. */
async function connectReplying(
  device: { token: string },
  reply: string | Buffer | ((payload: string) => string),
): Promise<MqttDevice> {
  const connected = await connect(device);
  connected.onCall = ({ payload }) => (typeof reply === 'function' ? reply(payload) : reply);
  await connected.listen();
  return connected;
}

describe.each<[string, IClientOptions]>([
  ['MQTT 3.1', { protocolId: 'MQIsdp', protocolVersion: 3 }],
  ['MQTT 3.1.1', { protocolVersion: 4 }],
  ['MQTT 5.0', { protocolVersion: 5 }],
])('a caller on %s', (_name, options) => {
  test('MSG-1, MSG-2, MSG-8: lists the other devices of its customer, oldest first', async () => {
    const a1 = await connect(A1, options);
    expect(JSON.parse(await a1.ask('getDevices', {}))).toEqual([
      { id: A2.id, name: 'Test Device A2' },
      { id: A3.id, name: 'Test Device A3' },
    ]);
    expect(await (await connect(B1, options)).ask('getDevices')).toBe('[]');
  });

  test('MSG-38: calls a device and gets its reply, or an error as any other answer', async () => {
    const a2 = await connectReplying(A2, '{"status":"ok"}');
    const a1 = await connect(A1, options);
    expect(await a1.sendMsg(A2.id, { on: true })).toBe('{"status":"ok"}');
    expect(await a1.sendMsg(B1.id, { on: true })).toBe(NOT_ALLOWED);
    expect(a2.calls).toMatchObject([{ payload: '{"method":"onMsg","params":{"on":true}}' }]);
  });
});

describe('bodies and replies', () => {
  test.each([
    '12345678901234567890',
    '1.10',
    '-0',
    '1e400',
    '{"b":1,"a":2,"b":3}',
    ' [ 1 ,\n2 ] ',
    '"\\u0041\\ud800 é€😀"',
    '"a \\"quoted\\" \\\\ text"',
  ])('RPC-5: %s travels byte for byte, there and back', async (body) => {
    const a2 = await connectReplying(A2, body);
    const a1 = await connect(A1);
    const answer = await a1.askRaw(`{"method":"sendMsg","params":{"deviceId":"${A2.id}","body":${body}}}`);
    expect(answer).toBe(body);
    expect(a2.calls[0]?.payload).toBe(`{"method":"onMsg","params":${body.trim()}}`);
  });

  test('MSG-18, MSG-22: unknown members are ignored, the last of duplicates counts, escaped or not', async () => {
    const a2 = await connectReplying(A2, '1');
    const params = `{"x":1,"body":1,"deviceId":"${A2.id.toUpperCase()}","b\\u006fdy":[2],"deviceid":3}`;
    expect(await (await connect(A1)).askRaw(`{"id":7,"method":"x","params":${params},"method":"sendMsg"}`)).toBe('1');
    expect(a2.calls[0]?.payload).toBe('{"method":"onMsg","params":[2]}');
  });

  test.each([
    ['a byte order mark', Buffer.from('\ufeff{"method":"getDevices"}')],
    ['bytes that are no UTF-8', Buffer.from('7b226d6574686f64223a22ff227d', 'hex')],
  ])('MSG-23: %s is not JSON', async (_what, payload) => {
    const answer = await (await connect(A1)).askRaw(payload);
    expect(answer).toBe(error('Invalid request: it is not JSON in UTF-8'));
  });

  test('an absent body is null', async () => {
    const a2 = await connectReplying(A2, '1');
    await (await connect(A1)).ask('sendMsg', { deviceId: A2.id });
    expect(a2.calls[0]?.payload).toBe('{"method":"onMsg","params":null}');
  });

  test('100 KB travel', async () => {
    await connectReplying(A2, (payload) => payload.slice('{"method":"onMsg","params":'.length, -1));
    const body = 'x'.repeat(100_000);
    expect(await (await connect(A1)).sendMsg(A2.id, body)).toBe(JSON.stringify(body));
  });
});

describe('the error table', () => {
  const DEFAULT_PARAMS = { deviceId: A2.id, body: 1 };

  test.each<[string, string, object]>([
    ['timeout 0', "Timeout can't be negative!", { ...DEFAULT_PARAMS, timeout: 0 }],
    ['a negative timeout', "Timeout can't be negative!", { ...DEFAULT_PARAMS, timeout: '-5' }],
    ['a timeout over the maximum', 'Timeout is too large!', { ...DEFAULT_PARAMS, timeout: 60_001 }],
    ['an unknown target', 'Target device not found!', { deviceId: '00000000-0000-4000-8000-000000000000' }],
    ['no params', 'Invalid params: deviceId must be the UUID of a device', {}],
    ['a mistyped id', 'Invalid params: deviceId must be the UUID of a device', { deviceId: 7 }],
    [
      'a fraction of a timeout',
      'Invalid params: timeout must be an integer (milliseconds)',
      { ...DEFAULT_PARAMS, timeout: 1.5 },
    ],
    ['a mistyped oneway', 'Invalid params: oneway must be true or false', { ...DEFAULT_PARAMS, oneway: 1 }],
  ])('%s: %s', async (_case, text, params) => {
    expect(await (await connect(A1)).ask('sendMsg', params)).toBe(error(text));
  });

  test('getDevices of a device without customer', async () => {
    expect(await (await connect(UNASSIGNED)).ask('getDevices')).toBe(error('Device is unassigned!'));
  });

  test('other customers and unassigned devices, as caller and as target', async () => {
    const a1 = await connect(A1);
    expect(await a1.sendMsg(B1.id, 1)).toBe(NOT_ALLOWED);
    expect(await a1.sendMsg(UNASSIGNED.id, 1)).toBe(NOT_ALLOWED);
    expect(await (await connect(UNASSIGNED)).sendMsg(A1.id, 1)).toBe(NOT_ALLOWED);
  });

  test('nobody there: at the deadline, or at once', async () => {
    const a1 = await connect(A1);
    expect(await a1.sendMsg(A2.id, 1, { timeout: 200 })).toBe(NO_CONNECTION);
    expect(await a1.sendMsg(A2.id, 1, { offline: 'fail' })).toBe(NO_CONNECTION);
  });

  test('connected but not subscribed is not there', async () => {
    await connect(A2);
    expect(await (await connect(A1)).sendMsg(A2.id, 1, { offline: 'fail' })).toBe(NO_CONNECTION);
  });

  test('no reply', async () => {
    await (await connect(A2)).listen();
    const answer = await (await connect(A1)).sendMsg(A2.id, 1, { timeout: 200 });
    expect(answer).toBe(error('Timeout while waiting response from device!'));
  });

  test('no reply because the target vanished', async () => {
    const a2 = await connect(A2);
    await a2.listen();
    const called = a2.nextCall();
    const answer = (await connect(A1)).sendMsg(A2.id, 1, { timeout: 500 });
    await called;
    await a2.vanish();
    expect(await answer).toBe(error('Timeout while waiting response from device!'));
  });

  test('a reply that is no JSON', async () => {
    await connectReplying(A2, Buffer.from([0xff, 0xfe]));
    expect(await (await connect(A1)).sendMsg(A2.id, 1)).toBe(error('Invalid response from the remote device!'));
  });

  test.each([
    ['nonsense', 'Invalid request: it is not JSON in UTF-8'],
    ['[]', 'Invalid request: it must be an object {"method":…,"params":…}'],
    ['{"params":{}}', 'Invalid request: it has no "method"'],
  ])('%s is answered on the response topic', async (payload, text) => {
    expect(await (await connect(A1)).askRaw(payload)).toBe(error(text));
  });

  test('a method that no rule takes', async () => {
    expect(await (await connect(A1)).ask('reboot')).toBe(error('No rules that match current message!'));
  });

  test('an answer that is larger than the caller takes', async () => {
    await connectReplying(A2, JSON.stringify('x'.repeat(2_000)));
    const a1 = await connect(A1, { protocolVersion: 5, properties: { maximumPacketSize: 1_000 } });
    expect(await a1.sendMsg(A2.id, 1)).toBe(error('The message is too large for this connection!'));
  });

  test('a call that is larger than the target takes', async () => {
    const a2 = await connect(A2, { protocolVersion: 5, properties: { maximumPacketSize: 1_000 } });
    await a2.listen();
    const answer = await (await connect(A1)).sendMsg(A2.id, 'x'.repeat(2_000));
    expect(answer).toBe(error('The message is too large for this connection!'));
  });

  test('the 1,001st message that waits for a device', async () => {
    const callers = await Promise.all(Array.from({ length: 11 }, () => connect(A1)));
    const answers = callers.flatMap((caller, index) =>
      Array.from({ length: index < 10 ? 100 : 1 }, () => caller.sendMsg(A3.id, 1, { timeout: 4_000 })),
    );
    const texts = await Promise.all(answers);
    const tooMany = error('Too many messages are waiting for this device!');
    expect(texts.filter((text) => text === tooMany)).toHaveLength(1);
    expect(texts.filter((text) => text === NO_CONNECTION)).toHaveLength(1_000);
  });
});

describe('promises', () => {
  test('a message waits for its target', async () => {
    const a1 = await connect(A1);
    const answer = a1.sendMsg(A2.id, { late: true }, { timeout: 10_000 });
    await connectReplying(A2, '"at last"');
    expect(await answer).toBe('"at last"');
  });

  test('one-way is answered with null once it was handed over', async () => {
    const a1 = await connect(A1);
    const answer = a1.sendMsg(A2.id, 'now', { oneway: true, timeout: 10_000 });
    const a2 = await connect(A2);
    const called = a2.nextCall();
    await a2.listen();
    expect(await answer).toBe('null');
    expect((await called).payload).toBe('{"method":"onMsg","params":"now"}');
  });

  test('MSG-32, MSG-34: every session of the target gets it once, the first reply wins, one answer each', async () => {
    const sessions = await Promise.all([1, 2, 3].map((n) => connectReplying(A2, `"session ${n}"`)));
    const a1 = await connect(A1);
    const answers = await Promise.all([1, 2, 3, 4].map((body) => a1.sendMsg(A2.id, body)));
    for (const answer of answers) expect(answer).toMatch(/^"session [123]"$/);
    for (const session of sessions) expect(session.calls).toHaveLength(4);
    for (const received of a1.answers.values()) expect(received).toHaveLength(1);
  });

  test('MSG-33: a caller that left cancels nothing', async () => {
    const a1 = await connect(A1);
    await new Promise<void>((resolve) => {
      const params = { deviceId: A2.id, body: 'testament', timeout: 10_000 };
      a1.client.publish('v1/devices/me/rpc/request/1', JSON.stringify({ method: 'sendMsg', params }), { qos: 1 }, () =>
        resolve(),
      );
    });
    await a1.vanish();
    const a2 = await connect(A2);
    const called = a2.nextCall();
    await a2.listen();
    expect((await called).payload).toBe('{"method":"onMsg","params":"testament"}');
  });

  test('a device cannot reply for another', async () => {
    const a2 = await connect(A2);
    await a2.listen();
    const called = a2.nextCall();
    const answer = (await connect(A1)).sendMsg(A2.id, 1, { timeout: 5_000 });
    const { id } = await called;
    await (await connect(B1)).reply(id, '"forged"');
    await a2.reply(id, '"genuine"');
    expect(await answer).toBe('"genuine"');
  });

  test('calls of one device reach their target in order', async () => {
    const a2 = await connectReplying(A2, '1');
    const a1 = await connect(A1);
    await Promise.all(Array.from({ length: 200 }, (_, body) => a1.sendMsg(A2.id, body)));
    expect(a2.calls.map(({ payload }) => payload)).toEqual(
      Array.from({ length: 200 }, (_, body) => `{"method":"onMsg","params":${body}}`),
    );
  });

  test('a device may call itself', async () => {
    const a1 = await connectReplying(A1, '"me"');
    expect(await a1.sendMsg(A1.id, 1)).toBe('"me"');
  });

  test('telemetry and attributes are acknowledged, an attribute request is answered {}', async () => {
    const a1 = await connect(A1);
    await a1.client.publishAsync('v1/devices/me/telemetry', '{"t":1}', { qos: 1 });
    await a1.client.publishAsync('v1/devices/me/attributes', '{"a":1}', { qos: 2 });
    const answered = new Promise<string>((resolve) =>
      a1.client.on('message', (topic, payload) => {
        if (topic === 'v1/devices/me/attributes/response/5') resolve(payload.toString());
      }),
    );
    await a1.client.publishAsync('v1/devices/me/attributes/request/5', '{"clientKeys":"a"}', { qos: 1 });
    expect(await answered).toBe('{}');
  });

  test('nobody without a known token gets in', async () => {
    await expect(connect({ token: 'UNKNOWN' })).rejects.toThrow('Not authorized');
  });
});
