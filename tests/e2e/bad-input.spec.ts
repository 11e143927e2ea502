import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomNumbers, type RandomNumbers } from '@device-messaging/testkit';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { ControlledHost, X1, X2 } from './controlled-host.js';

/** `MUTATIONS=1000000` sends as many damaged packets. */
const MUTATIONS = Number(process.env['MUTATIONS'] ?? 20_000);
const PACKETS_PER_CONNECTION = 20;
const CONNECTIONS_AT_ONCE = 50;

/** What damage may leave behind in the heap when the garbage is collected, bytes: caches and compiled code. */
const TOLERATED_GROWTH = 8 * 1024 * 1024;

let host: ControlledHost;

beforeEach(async () => {
  host = await ControlledHost.start();
});

afterEach(async () => {
  await host.stop();
});

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function packet(firstByte: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = body.length; length.length === 0 || rest > 0; rest >>>= 7) length.push(rest & 0x7f);
  const encoded = length.map((digit, index) => (index < length.length - 1 ? digit | 0x80 : digit));
  return Buffer.concat([Buffer.from([firstByte, ...encoded]), body]);
}

function connectPacket(token: string): Buffer {
  return packet(0x10, text('MQTT'), Buffer.from([4, 0x82, 0, 60]), text(''), text(token));
}

function publishPacket(topic: string, payload: string): Buffer {
  return packet(0x30, text(topic), Buffer.from(payload));
}

const SAMPLES = [
  publishPacket('v1/devices/me/rpc/request/1', '{"method":"getDevices","params":{}}'),
  publishPacket('v1/devices/me/rpc/request/2', `{"method":"sendMsg","params":{"deviceId":"${X2.id}","timeout":5}}`),
  publishPacket('v1/devices/me/rpc/request/x', '{"method":"getDevices"}'),
  publishPacket('v1/devices/me/rpc/response/7', '1'),
  publishPacket('v1/devices/me/telemetry', '{"a":1}'),
  packet(0x82, Buffer.from([0, 1]), text('v1/devices/me/rpc/request/+'), Buffer.from([1])),
  packet(0xc0),
];

function damaged(sample: Buffer, random: RandomNumbers): Buffer {
  const bytes = Buffer.from(sample);
  if (random(3) === 0) return bytes.subarray(0, random(bytes.length));
  for (let changes = 1 + random(2); changes > 0; changes--) bytes[random(bytes.length)] = random(256);
  return bytes;
}

async function open(...bytes: Buffer[]): Promise<Socket> {
  const socket = connectTcp(host.port, '127.0.0.1');
  // Refused connections are reset sometimes; that is what is tested.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(Buffer.concat(bytes));
  return socket;
}

async function attack(random: RandomNumbers): Promise<void> {
  const packets = Array.from({ length: PACKETS_PER_CONNECTION }, () =>
    damaged(SAMPLES[random(SAMPLES.length)]!, random),
  );
  const first = connectPacket(X1.token);
  const socket = await open(random(5) === 0 ? damaged(first, random) : first, ...packets);
  socket.resume();
  socket.end();
  await once(socket, 'close');
}

describe('bad input', () => {
  test(
    'damaged packets: the process stands, others notice nothing, memory returns',
    async () => {
      const [x1, x2] = [await host.connect(X1), await host.connect(X2)];
      x2.onCall = () => '"fine"';
      await x2.listen();
      const random = randomNumbers(4711);
      const batch = (): Promise<unknown> =>
        Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, () => attack(random)));
      await batch();
      const before = await host.heapBytes();
      for (let sent = 0; sent < MUTATIONS; sent += CONNECTIONS_AT_ONCE * PACKETS_PER_CONNECTION) {
        await batch();
        expect(await x1.sendMsg(X2.id, sent)).toBe('"fine"');
      }
      await host.until(({ sessions, pendingCalls }) => sessions === 2 && pendingCalls === 0);
      expect((await host.heapBytes()) - before).toBeLessThan(TOLERATED_GROWTH);
    },
    60_000 + MUTATIONS,
  );

  test('a flood from a device that reads no answers stops being read, and others are served', async () => {
    const [x1, x2] = [await host.connect(X1), await host.connect(X2)];
    x2.onCall = () => '"served"';
    await x2.listen();
    const before = await host.heapBytes();
    const flooder = await open(connectPacket(X1.token));
    flooder.pause();
    const requests = Buffer.concat(Array.from({ length: 10_000 }, () => SAMPLES[0]!));
    let isTaken = true;
    for (let times = 0; times < 100 && isTaken; times++) {
      isTaken = flooder.write(requests) || (await drained(flooder));
    }
    expect(isTaken).toBe(false);
    expect(await x1.sendMsg(X2.id, 1)).toBe('"served"');
    expect((await host.heapBytes()) - before).toBeLessThan(TOLERATED_GROWTH);
    flooder.destroy();
    await host.until(({ sessions }) => sessions === 2);
  });

  test('a device that reads nothing is handed no more than it can be owed; the rest waits, in order', async () => {
    const [x1, x2] = [await host.connect(X1), await host.connect(X2)];
    await x2.listen(0);
    x2.client.stream.pause();
    const body = 'x'.repeat(100_000);
    const answers = Array.from({ length: 90 }, (_, index) => x1.sendMsg(X2.id, [index, body], { timeout: 8_000 }));
    await host.until(({ waitingCalls }) => waitingCalls > 0);
    x2.onCall = ({ payload }) => /\[(\d+)/.exec(payload)![1];
    x2.client.stream.resume();
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 90 }, (_, index) => String(index)));
    const order = x2.calls.map(({ payload }) => Number(/\[(\d+)/.exec(payload)![1]));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test('garbage, silence and oversized packets end their own connection', async () => {
    const garbage = await open(
      Buffer.from(`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: ${'x'.repeat(60)}\r\n\r\n`),
    );
    garbage.resume();
    await once(garbage, 'close');
    const huge = await open(connectPacket(X1.token), Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
    huge.resume();
    await once(huge, 'close');
    const silent = await open();
    silent.destroy();
    await host.until(({ sessions, devices }) => sessions === 0 && devices === 0);
  });
});

/** Whether a socket takes more within a second. */
async function drained(socket: Socket): Promise<boolean> {
  const abort = new AbortController();
  const patience = setTimeout(() => abort.abort(), 1_000);
  try {
    await once(socket, 'drain', { signal: abort.signal });
    return true;
  } catch (error) {
    if ((error as Error).name === 'AbortError') return false;
    throw error;
  } finally {
    clearTimeout(patience);
  }
}
