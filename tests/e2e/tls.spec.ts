import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { TestCertificate } from '@device-messaging/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { A1, A2 } from './demo-account.js';
import { ServerProcess } from './server-process.js';
import { TlsFolder } from './tls-files.js';

const DEMO_TENANT = 'cba44a80-9fce-11e6-8080-808080808080';
const GET_DEVICES = '{"method":"getDevices","params":{}}';

describe('the server with a certificate, as a process', () => {
  let files: TlsFolder;
  let server: ServerProcess;
  let clients: MqttClient[] = [];

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.endAsync(true)));
    clients = [];
  });

  const end = async (): Promise<void> => {
    await server.kill();
    files.remove();
  };

  const start = async (environment: Readonly<Record<string, string>> = {}): Promise<void> => {
    server = await ServerProcess.start({ environment: { ...files.environment, LOG_LEVEL: 'debug', ...environment } });
  };

  const connect = async (options: IClientOptions = {}, url = `mqtts://127.0.0.1:${server.mqttsPort}`) => {
    const client = await connectAsync(url, { ca: files.certificate.cert, reconnectPeriod: 0, ...options });
    clients.push(client);
    return client;
  };

  const ask = async (client: MqttClient, request: string): Promise<string> => {
    const answer = new Promise<string>((resolve) => client.once('message', (_topic, body) => resolve(String(body))));
    await client.publishAsync('v1/devices/me/rpc/request/1', request, { qos: 1 });
    return answer;
  };

  const handshake = async (port: number, options: ConnectionOptions = {}): Promise<TLSSocket> => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    await once(socket, 'secureConnect');
    return socket;
  };

  /** The certificate that a port shows. */
  const shown = async (port: number): Promise<string> => {
    const socket = await handshake(port);
    const { raw } = socket.getPeerCertificate();
    socket.destroy();
    return raw.toString('base64');
  };

  describe('whose files stay as they are', () => {
    beforeAll(async () => {
      files = new TlsFolder();
      await start();
    });

    afterAll(end);

    it.each([3, 4, 5] as const)('NET-14: devices call each other over MQTTS, protocol version %i', async (version) => {
      const options =
        version === 3 ? { protocolId: 'MQIsdp' as const, protocolVersion: 3 as const } : { protocolVersion: version };
      const a1 = await connect({ username: A1.token, ...options });
      const a2 = await connect({ username: A2.token, ...options });
      await a2.subscribeAsync('v1/devices/me/rpc/request/+');
      a2.on('message', (topic) => a2.publish(topic.replace('request', 'response'), '{"ok":1.10}'));
      const params = { deviceId: A2.id, body: 1, timeout: 5_000 };
      expect(await ask(a1, JSON.stringify({ method: 'sendMsg', params }))).toBe('{"ok":1.10}');
    });

    it('NET-14: HTTPS has what HTTP has', async () => {
      const socket = await handshake(server.httpsPort);
      socket.write('GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      socket.setEncoding('utf8');
      let text = '';
      for await (const part of socket) text += String(part);
      expect(text).toContain('{"status":"ok"}');
    });

    it('NET-14: speaks TLS 1.2 and 1.3, and nothing older', async () => {
      for (const port of [server.mqttsPort, server.httpsPort]) {
        for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
          const socket = await handshake(port, { minVersion: version, maxVersion: version });
          expect(socket.getProtocol()).toBe(version);
          socket.destroy();
        }
        const old: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
        await expect(handshake(port, old)).rejects.toThrow(/alert protocol version/);
      }
    });

    it('NET-18: whoever speaks another language than the port is disconnected, and nobody else', async () => {
      const a1 = await connect({ username: A1.token });
      for (const port of [server.mqttsPort, server.httpsPort]) {
        const socket = connectTcp(port, '127.0.0.1');
        socket.on('error', () => undefined).resume();
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        await once(socket, 'close');
      }
      for (const port of [server.mqttPort, server.httpPort]) await expect(handshake(port)).rejects.toThrow();
      expect(JSON.parse(await ask(a1, GET_DEVICES))).toHaveLength(2);
      expect(server.stderr).not.toContain('"level":"error"');
    });
  });

  describe('of its own', () => {
    beforeEach(() => {
      files = new TlsFolder();
    });

    afterEach(end);

    it('NET-15: shows a new certificate while connections stay', async () => {
      await start();
      const a1 = await connect({ username: A1.token });
      const ports = [server.mqttsPort, server.httpsPort];
      const first = files.certificate;
      files.renew();
      await server.untilLog('New TLS files are in use');
      for (const port of ports) {
        expect(await shown(port)).toBe(files.certificate.der.toString('base64'));
      }
      expect(files.certificate.der).not.toEqual(first.der);
      expect(JSON.parse(await ask(a1, GET_DEVICES))).toHaveLength(2);
      expect(server.stderr).not.toContain('"level":"error"');
    });

    it('NET-16: keeps the old certificate when the new one is of no use', async () => {
      await start();
      const first = files.certificate.der.toString('base64');
      const next = new TestCertificate({ commonName: 'localhost' });
      files.write('server.crt', next.cert);
      await server.untilLog('The TLS files changed and cannot be used');
      expect(await shown(server.mqttsPort)).toBe(first);
      files.write('server.key', next.key);
      await server.untilLog('New TLS files are in use');
      expect(await shown(server.mqttsPort)).toBe(next.der.toString('base64'));
    });

    it('NET-14: a handshake that goes nowhere does not keep the server from stopping', async () => {
      await start();
      const sockets = [server.mqttsPort, server.httpsPort, server.httpPort].map((port) =>
        connectTcp(port, '127.0.0.1'),
      );
      for (const socket of sockets) socket.on('error', () => undefined).write('\x16\x03');
      await Promise.all(sockets.map((socket) => once(socket, 'connect')));
      const began = Date.now();
      expect(await server.stop()).toBe(0);
      expect(Date.now() - began).toBeLessThan(4_000);
    });

    it('NET-22: a certificate authority vouches for the names of devices', async () => {
      const authority = new TestCertificate({ commonName: 'Authority', isAuthority: true });
      const ca = files.write('ca.crt', authority.cert);
      await start({ TLS_CLIENT_CA_FILE: ca, TLS_CLIENT_CA_TENANT_ID: DEMO_TENANT });
      const device = new TestCertificate({ commonName: 'Test Device A1', issuer: authority });
      const { cert, key } = device;
      const a1 = await connect({ cert, key });
      expect(await ask(a1, GET_DEVICES)).toContain('Test Device A2');
      const self = new TestCertificate({ commonName: 'Test Device A1' });
      await expect(connect({ cert: self.cert, key: self.key })).rejects.toThrow('Not authorized');
    });

    it('NET-17: does not start with a key of another certificate', async () => {
      files.write('server.key', new TestCertificate({ commonName: 'x' }).key);
      server = ServerProcess.launch({ environment: { ...files.environment, LOG_LEVEL: 'error' } });
      expect((await server.end()).code).toBe(1);
      const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = files.environment;
      expect(server.stderr).toBe(
        `${key} (TLS_KEY_FILE) is not the key of the certificate in ${cert} (TLS_CERT_FILE).\n`,
      );
    });
  });
});
