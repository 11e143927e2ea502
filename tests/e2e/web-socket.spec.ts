import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { A1, A2 } from './demo-account.js';
import { ServerProcess } from './server-process.js';
import { TlsFolder } from './tls-files.js';

describe('MQTT over WebSocket, with the server as a process', () => {
  let files: TlsFolder;
  let server: ServerProcess;
  let clients: MqttClient[] = [];

  beforeAll(async () => {
    files = new TlsFolder();
    server = await ServerProcess.start({ environment: { ...files.environment, LOG_LEVEL: 'debug' } });
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.endAsync(true)));
    clients = [];
  });

  afterAll(async () => {
    await server.kill();
    files.remove();
  });

  const url = (scheme: string): string =>
    `${scheme}://127.0.0.1:${scheme === 'wss' ? server.httpsPort : server.httpPort}/mqtt`;

  const connect = async (scheme: string, options: IClientOptions): Promise<MqttClient> => {
    const client = await connectAsync(url(scheme), { ca: files.certificate.cert, reconnectPeriod: 0, ...options });
    clients.push(client);
    return client;
  };

  const message = async (client: MqttClient): Promise<string> =>
    new Promise((resolve) => client.once('message', (_topic, body) => resolve(String(body))));

  it.each([
    ['ws', 4],
    ['ws', 5],
    ['wss', 4],
    ['wss', 5],
  ] as const)('NET-8: devices call each other over %s, protocol version %i', async (scheme, protocolVersion) => {
    const a1 = await connect(scheme, { username: A1.token, protocolVersion });
    const a2 = await connect(scheme, { username: A2.token, protocolVersion });
    await a2.subscribeAsync('v1/devices/me/rpc/request/+', { qos: 1 });
    // As large as it gets, so that it takes many frames and pieces of TLS.
    const body = 'é'.repeat(100_000);
    a2.on('message', (topic, call) => {
      const { params } = JSON.parse(String(call)) as { params: string };
      a2.publish(topic.replace('request', 'response'), JSON.stringify(params));
    });
    const answer = message(a1);
    const request = { method: 'sendMsg', params: { deviceId: A2.id, body, timeout: 10_000 } };
    await a1.publishAsync('v1/devices/me/rpc/request/1', JSON.stringify(request), { qos: 1 });
    expect(await answer).toBe(JSON.stringify(body));
  });

  it('NET-8: many messages keep their order', async () => {
    const a1 = await connect('ws', { username: A1.token });
    const answers: string[] = [];
    const all = new Promise<void>((resolve) =>
      a1.on('message', (topic) => {
        answers.push(topic.split('/').at(-1)!);
        if (answers.length === 2_000) resolve();
      }),
    );
    for (let id = 0; id < 2_000; id++) a1.publish(`v1/devices/me/rpc/request/${id}`, '{"method":"nonsense"}');
    await all;
    expect(answers).toEqual(Array.from({ length: 2_000 }, (_, id) => String(id)));
  });

  it('NET-9: a client that speaks another subprotocol is refused, and told why', async () => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol': 'chat',
    };
    const [answer] = (await once(get(`${server.httpUrl}/mqtt`, { headers }), 'response')) as [IncomingMessage];
    let body = '';
    for await (const part of answer) body += String(part);
    expect([answer.statusCode, body]).toEqual([400, '{"error":"The subprotocol must be mqtt."}']);
  });

  it('NET-4: handshakes that are not whole after a while are cut off', async () => {
    const slow = await ServerProcess.start({
      args: ['--demo', '--config', files.write('slow.yml', 'http: { headersTimeoutMs: 300 }')],
    });
    try {
      const sockets = Array.from({ length: 50 }, () => connectTcp(slow.httpPort, '127.0.0.1'));
      const closed = sockets.map((socket) => once(socket.on('error', () => undefined).resume(), 'close'));
      for (const socket of sockets) socket.write('GET /mqtt HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upg');
      await Promise.all(closed);
      expect(await slow.stop()).toBe(0);
    } finally {
      await slow.kill();
    }
  });

  it('NET-2: tokens in paths are not logged, however talkative the server is', async () => {
    const paths = ['api/v1/SECRET_TOKEN/rpc', 'api/v1/SECRET_TOKEN%zz/rpc', 'SECRET_TOKEN', 'mqtt?SECRET_TOKEN'];
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await fetch(`${server.httpUrl}/${path}`, { method });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(await answer.text()).not.toContain('SECRET');
      }
    }
    expect(server.stdout + server.stderr).not.toContain('SECRET');
  });

  it('NET-12: a server that stops says goodbye and ends in time', async () => {
    const stopping = await ServerProcess.start();
    const client = await connectAsync(`ws://127.0.0.1:${stopping.httpPort}/mqtt`, {
      username: A1.token,
      protocolVersion: 5,
      reconnectPeriod: 0,
    });
    clients.push(client);
    const goodbye = new Promise((resolve) => client.once('disconnect', ({ reasonCode }) => resolve(reasonCode)));
    const began = Date.now();
    expect(await stopping.stop()).toBe(0);
    expect(await goodbye).toBe(0x8b);
    expect(Date.now() - began).toBeLessThan(4_000);
  });
});
