import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer as createHttpServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { IPublishPacket } from 'mqtt-packet';
import { connectDevice } from '../connect-device.js';
import type { ConnectOptions } from '../connect-options.js';
import type { DeviceClient, ReceivedCall } from '../device-client.js';
import { MqttPeer } from '../spec-support/mqtt-peer.js';

let server: MqttPeer;
const devices: DeviceClient[] = [];

beforeEach(async () => {
  server = await MqttPeer.start();
});

afterEach(async () => {
  for (const device of devices.splice(0)) await device.close();
  await server.stop();
});

async function connect(options: ConnectOptions = {}): Promise<DeviceClient> {
  const device = await connectDevice(server.url, 'A1', options);
  devices.push(device);
  return device;
}

function published(): IPublishPacket[] {
  return server.received.filter((packet) => packet.cmd === 'publish');
}

/** Answers each request with its payload. */
function echo(): void {
  server.accept();
  const { onPacket } = server;
  server.onPacket = (packet) => {
    onPacket(packet);
    if (packet.cmd === 'publish')
      server.publish(packet.topic.replace('request', 'response'), packet.payload.toString());
  };
}

describe.each([4, 5] as const)('MQTT protocol version %d', (mqttVersion) => {
  test('connects with the token as user name, asks, and is answered byte for byte', async () => {
    echo();
    const device = await connect({ mqttVersion, clientId: 'mine' });
    expect(server.received[0]).toMatchObject({ username: 'A1', clientId: 'mine', protocolVersion: mqttVersion });
    const answers = await Promise.all([device.request('{"x": 1.10}'), device.call('m', [1])]);
    expect(answers).toEqual(['{"x": 1.10}', '{"method":"m","params":[1]}']);
    expect(published()).toMatchObject([
      { topic: 'v1/devices/me/rpc/request/1', qos: 1 },
      { topic: 'v1/devices/me/rpc/request/2', qos: 1 },
    ]);
  });

  test('listens when the subscription is acknowledged, and replies', async () => {
    server.accept();
    const device = await connect({ mqttVersion });
    const received = new Promise<ReceivedCall>((resolve) => {
      void device.listen(resolve).then(() => {
        server.publish('v1/devices/me/rpc/request/7', '{"method":"onMsg","params":[1.10, 12345678901234567890]}');
      });
    });
    const call = await received;
    expect(call).toMatchObject({ id: '7', method: 'onMsg', params: '[1.10, 12345678901234567890]' });
    expect(await call.reply('{"x":1}')).toBeUndefined();
    expect(published()).toMatchObject([{ topic: 'v1/devices/me/rpc/response/7', payload: Buffer.from('{"x":1}') }]);
  });
});

describe('listening over MQTT', () => {
  test('ends when the server acknowledges that, and begins again', async () => {
    server.accept();
    const device = await connect();
    const calls: string[] = [];
    await device.listen(({ id }) => calls.push(id));
    const { onPacket } = server;
    server.onPacket = (packet) => {
      // On its way before the server knew.
      if (packet.cmd === 'unsubscribe') server.publish('v1/devices/me/rpc/request/1', '{"method":"onMsg","params":1}');
      onPacket(packet);
    };
    await device.unlisten();
    await device.listen(({ id }) => calls.push(`again ${id}`));
    server.publish('v1/devices/me/rpc/request/2', '{"method":"onMsg","params":1}');
    while (calls.length === 0) await new Promise(setImmediate);
    expect(calls).toEqual(['again 2']);
    expect(server.received.map(({ cmd }) => cmd)).toEqual(['connect', 'subscribe', 'unsubscribe', 'subscribe']);
  });

  test('is refused', async () => {
    server.accept();
    const device = await connect();
    const { onPacket } = server;
    server.onPacket = (packet) => {
      if (packet.cmd === 'subscribe') server.send({ cmd: 'suback', messageId: packet.messageId!, granted: [0x80] });
      else onPacket(packet);
    };
    await expect(device.listen(() => undefined)).rejects.toMatchObject({
      name: 'DeviceClientError',
      code: 'unexpected',
    });
  });

  test('what is no call ends the device', async () => {
    server.accept();
    const device = await connect();
    await device.listen(() => undefined);
    server.publish('v1/devices/me/rpc/request/1', 'nonsense');
    expect(await device.closed).toMatchObject({ code: 'unexpected' });
  });
});

describe('an MQTT connection', () => {
  test.each([
    [4, 4, 'token-refused'],
    [4, 5, 'token-refused'],
    [4, 3, 'unavailable'],
    [5, 0x87, 'token-refused'],
    [5, 0x88, 'unavailable'],
  ] as const)('of version %d that is refused with %d is %s', async (mqttVersion, code, expected) => {
    server.onPacket = () => server.send({ cmd: 'connack', returnCode: code, reasonCode: code, sessionPresent: false });
    await expect(connect({ mqttVersion })).rejects.toMatchObject({ name: 'DeviceClientError', code: expected });
  });

  test('is not made when nobody is there, nobody answers, or somebody else does', async () => {
    await expect(connectDevice('mqtt://127.0.0.1:1', 'A1')).rejects.toMatchObject({ code: 'unreachable' });
    await expect(connect({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
    server.onPacket = () => server.hangUp();
    await expect(connect()).rejects.toMatchObject({ code: 'lost' });
    server.onPacket = () => server.sendBytes(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(connect()).rejects.toMatchObject({ code: 'unexpected' });
  });

  test('over WebSocket is not made where there is none', async () => {
    const pages = createHttpServer((_request, response) => void response.writeHead(404).end());
    pages.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
    pages.listen(0, '127.0.0.1');
    await once(pages, 'listening');
    const url = `ws://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    await expect(connectDevice(url, 'A1')).rejects.toMatchObject({
      code: 'unexpected',
      message: expect.stringContaining('no MQTT over WebSocket (HTTP 404)'),
    });
    pages.close();
  });

  test('that breaks ends what is under way and the device', async () => {
    server.accept();
    const device = await connect();
    const open = device.request('{}');
    server.hangUp();
    await expect(open).rejects.toMatchObject({ code: 'lost' });
    expect(await device.closed).toMatchObject({ code: 'lost' });
    await expect(device.request('{}')).rejects.toMatchObject({ code: 'lost' });
  });

  test.each([
    [0x87, 'token-refused'],
    [0x8e, 'lost'],
    [0x8b, 'unavailable'],
  ])('that the server ends with reason 0x%x is %s', async (reasonCode, code) => {
    server.accept();
    const device = await connect({ mqttVersion: 5 });
    server.send({ cmd: 'disconnect', reasonCode });
    server.hangUp();
    expect(await device.closed).toMatchObject({ code });
  });

  test('of MQTT 5 is spared a message that is larger than the server takes', async () => {
    server.accept({ maximumPacketSize: 100 });
    const device = await connect({ mqttVersion: 5 });
    await expect(device.request('x'.repeat(100))).rejects.toMatchObject({ code: 'too-large' });
    expect(published()).toEqual([]);
  });

  test('is closed with DISCONNECT, whatever is not acknowledged', async () => {
    server.onPacket = (packet) =>
      packet.cmd === 'connect' && server.send({ cmd: 'connack', returnCode: 0, sessionPresent: false });
    const device = await connect();
    const open = device.request('{}');
    const close = device.close();
    await expect(open).rejects.toMatchObject({ code: 'closed' });
    await close;
    await device.close();
    expect((await device.closed).code).toBe('closed');
    server.accept();
    const other = await connect();
    await other.close();
    while (server.received.at(-1)!.cmd !== 'disconnect') await new Promise(setImmediate);
  });
});
