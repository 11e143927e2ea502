import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generate, parse, type ParsedPacket } from 'coap-packet';
import { A1, A2 } from './demo-account.js';
import { MqttDevice } from './mqtt-device.js';
import { ServerProcess } from './server-process.js';

let server: ServerProcess;
let socket: Socket;

beforeAll(async () => {
  server = await ServerProcess.start();
  socket = createSocket('udp4');
  socket.connect(server.coapPort, '127.0.0.1');
  await once(socket, 'connect');
});

afterAll(async () => {
  socket.close();
  await server.stop();
});

async function received(): Promise<ParsedPacket> {
  const [datagram] = (await once(socket, 'message')) as [Buffer];
  return parse(datagram);
}

/** An observer that answers its first notification with RST: it does not want it, and has not got it. */
test('CALL-14: a call that an observer refuses waits, and goes to the device’s next listener', async () => {
  const path = ['api', 'v1', A2.token, 'rpc'].map((segment) => ({ name: 'Uri-Path', value: Buffer.from(segment) }));
  const observe = { name: 'Observe', value: Buffer.alloc(0) };
  const registered = received();
  socket.send(
    generate({ code: '0.01', confirmable: true, messageId: 1, token: Buffer.from('o'), options: [observe, ...path] }),
  );
  expect((await registered).code).toBe('2.05');

  const a1 = await MqttDevice.connect(server.mqttPort, A1.token);
  const notification = received();
  const answer = a1.sendMsg(A2.id, 'wanted');
  const { messageId, payload } = await notification;
  expect(payload.toString()).toContain('"wanted"');
  socket.send(generate({ code: '0.00', reset: true, messageId }));

  const a2 = await MqttDevice.connect(server.mqttPort, A2.token);
  a2.onCall = () => '"got it"';
  await a2.listen();
  expect(await answer).toBe('"got it"');
  expect(a2.calls).toHaveLength(1);
  await Promise.all([a1.leave(), a2.leave()]);
});
