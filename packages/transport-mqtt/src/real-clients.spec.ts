import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import type { FakeHost, FakeSession } from '@device-messaging/testkit';
import type { MqttTransport } from './mqtt-transport.js';
import { VERSIONS, type Version } from './spec-support/mqtt-peer.js';
import { call, stage } from './spec-support/stage.js';

let host: FakeHost;
let transport: MqttTransport;
let server: Server;
let port: number;
const clients: MqttClient[] = [];

beforeEach(async () => {
  ({ host, transport } = stage());
  server = createServer((socket) => transport.accept(socket, { remoteAddress: socket.remoteAddress ?? '' }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  await transport.stop();
  server.close();
  await once(server, 'close');
});

async function client(
  protocolVersion: Version,
  options: object = {},
): Promise<{ device: MqttClient; session: FakeSession }> {
  const device = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion,
    protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
    clientId: `device-${protocolVersion}`,
    username: 'token-1',
    reconnectPeriod: 0,
    ...options,
  });
  clients.push(device);
  return { device, session: host.sessions.at(-1)! };
}

function messageOf(device: MqttClient): Promise<[topic: string, payload: string]> {
  return new Promise((resolve) => device.once('message', (topic, payload) => resolve([topic, payload.toString()])));
}

describe('MQTT.js over TCP', () => {
  test.each(VERSIONS)('MQTT-1: level %i: asks and is answered, is asked and replies, at every QoS', async (version) => {
    for (const qos of [0, 1, 2] as const) {
      const { device, session } = await client(version, { clientId: `device-${version}-${qos}` });
      host.onRequest = (asking, { ref, payload }) =>
        void asking.sink.answer(ref, Buffer.from(`{"echo":${payload}}`), 'answer');
      await device.subscribeAsync(['v1/devices/me/rpc/response/+', 'v1/devices/me/rpc/request/+'], { qos });
      const answered = messageOf(device);
      await device.publishAsync('v1/devices/me/rpc/request/42', '{"method":"x"}', { qos });
      expect(await answered).toEqual(['v1/devices/me/rpc/response/42', '{"echo":{"method":"x"}}']);

      const asked = messageOf(device);
      call(session, 9, '[1.10]');
      expect(await asked).toEqual(['v1/devices/me/rpc/request/9', '{"method":"onMsg","params":[1.10]}']);
      await device.publishAsync('v1/devices/me/rpc/response/9', '"done"', { qos: 1 });
      expect(session.replies).toEqual([[9, '"done"']]);
      await device.endAsync();
    }
  });

  test('large bodies both ways', async () => {
    const { device, session } = await client(5);
    await device.subscribeAsync('v1/devices/me/rpc/request/+', { qos: 1 });
    const text = JSON.stringify('ü'.repeat(100_000));
    const asked = messageOf(device);
    call(session, 1, text);
    expect((await asked)[1]).toBe(`{"method":"onMsg","params":${text}}`);
    await device.publishAsync('v1/devices/me/rpc/response/1', text, { qos: 1 });
    expect(session.replies).toEqual([[1, text]]);
  });

  test.each(VERSIONS)('MQTT-6: level %i: an unknown token is told so', async (version) => {
    const codes = [5, 5, 0x87];
    await expect(client(version, { username: 'unknown' })).rejects.toMatchObject({ code: codes[version - 3] });
  });

  test('MQTT-39: a device learns why an oversized packet closed its connection, though it is still sending', async () => {
    const { device } = await client(5);
    const told = new Promise((resolve) => device.once('disconnect', resolve));
    // MQTT.js would keep to the announced maximum: the bytes go past it.
    device.stream.write(Buffer.concat([Buffer.from([0x30, 0x80, 0x80, 0x40]), Buffer.alloc(1_000_000)]));
    expect(await told).toMatchObject({ reasonCode: 0x95 });
  });

  test('MQTT-46: a socket that is reset ends its session', async () => {
    const socket: Socket = connectTcp(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write(Buffer.from('\x10\x16\0\x04MQTT\x04\x82\0\0\0\x01a\0\x07token-1', 'latin1'));
    await once(socket, 'data');
    const session = host.sessions[0]!;
    const closed = new Promise<void>((resolve) => {
      session.close = () => resolve();
    });
    socket.resetAndDestroy();
    await closed;
  });
});
