import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { A1, A2 } from './demo-account.js';
import { MqttDevice } from './mqtt-device.js';
import { ServerProcess } from './server-process.js';
import { TlsFolder } from './tls-files.js';

const CONNECTIONS = 60;
const HANDSHAKE =
  'GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n';

/** Bytes without a pattern, the same in every run. */
function noise(seed: string): Buffer {
  const blocks = Array.from({ length: 8 }, (_, block) => createHash('sha512').update(`${seed} ${block}`).digest());
  return Buffer.concat(blocks).subarray(0, 1 + (blocks[0]![0]! << 1));
}

/** Says something, half-closes, and reads until the other side has closed. */
async function say(connection: Duplex, ...parts: readonly (string | Buffer)[]): Promise<void> {
  connection.on('error', () => undefined).resume();
  const closed = once(connection, 'close');
  for (const part of parts) connection.write(part);
  connection.end();
  await closed;
}

describe('noise', () => {
  let files: TlsFolder;
  let server: ServerProcess;

  beforeAll(async () => {
    files = new TlsFolder();
    server = await ServerProcess.start({ environment: { ...files.environment, LOG_LEVEL: 'debug' } });
  });

  afterAll(async () => {
    await server.kill();
    files.remove();
  });

  const tcp = (port: number): Duplex => connectTcp(port, '127.0.0.1');
  const tls = (port: number): Duplex => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });

  const stillServes = async (): Promise<void> => {
    const [a1, a2] = [
      await MqttDevice.connect(server.mqttPort, A1.token),
      await MqttDevice.connect(server.mqttPort, A2.token),
    ];
    a2.onCall = () => '"served"';
    await a2.listen();
    expect(await a1.sendMsg(A2.id, 1)).toBe('"served"');
    expect((await fetch(`${server.httpUrl}/health/ready`)).status).toBe(200);
    await a1.leave();
    await a2.leave();
    expect(server.stderr).not.toContain('"level":"error"');
  };

  it.each([
    ['MQTT', () => tcp(server.mqttPort), ''],
    ['MQTTS', () => tls(server.mqttsPort), ''],
    ['TLS of MQTTS', () => tcp(server.mqttsPort), ''],
    ['HTTP', () => tcp(server.httpPort), ''],
    ['HTTPS', () => tls(server.httpsPort), ''],
    ['TLS of HTTPS', () => tcp(server.httpsPort), ''],
    ['HTTP, in a header', () => tcp(server.httpPort), 'POST /api/v1/A1_TEST_TOKEN/rpc HTTP/1.1\r\nHost: x\r\nX: '],
    [
      'HTTP, in chunks',
      () => tcp(server.httpPort),
      'POST /api/v1/A1_TEST_TOKEN/rpc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['WebSocket', () => tcp(server.httpPort), HANDSHAKE],
    ['secure WebSocket', () => tls(server.httpsPort), HANDSHAKE],
  ])('NET-18: over %s ends its own connection, and hurts nobody', async (name, open, before) => {
    await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, index) => say(open(), before, noise(`${name} ${index}`))),
    );
    await stillServes();
  });

  it('NET-7: over CoAP hurts nobody', async () => {
    const socket = createSocket('udp4');
    for (let index = 0; index < 10 * CONNECTIONS; index++) {
      await new Promise((sent) => socket.send(noise(`CoAP ${index}`), server.coapPort, '127.0.0.1', sent));
    }
    socket.close();
    await stillServes();
  });
});
