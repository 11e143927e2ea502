import { createHash } from 'node:crypto';
import { TestCertificate } from '@device-messaging/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { RunningServer } from './server.js';
import { RawClient } from './spec-support/raw-client.js';
import { A1, DEMO_TENANT, ServerBench } from './spec-support/server-bench.js';

const HOUR_MS = 3_600_000;
const REQUEST = 'v1/devices/me/rpc/request/1';

describe('client certificates', () => {
  let authority: TestCertificate;
  let own: TestCertificate;
  let bench: ServerBench;
  let server: RunningServer;
  let clients: MqttClient[];

  beforeAll(() => {
    authority = new TestCertificate({ commonName: 'Authority', isAuthority: true });
    own = new TestCertificate({ commonName: 'nobody' });
  });

  beforeEach(async () => {
    [bench, clients] = [new ServerBench(), []];
    server = await bench.startWith(new TestCertificate({ commonName: 'localhost' }), {
      TLS_CLIENT_CA_FILE: bench.write('ca.crt', authority.cert),
      TLS_CLIENT_CA_TENANT_ID: DEMO_TENANT.toUpperCase(),
    });
  });

  afterEach(async () => {
    for (const client of clients) await client.endAsync(true);
    await bench.stop();
  });

  const register = async (certificate: TestCertificate, deviceId: string = A1.id): Promise<void> => {
    const digest = createHash('sha256').update(certificate.der).digest('hex');
    await server.registry.setCredentials(deviceId, 'X509_CERTIFICATE', digest);
  };

  const issued = (commonName: string, members: object = {}): TestCertificate =>
    new TestCertificate({ commonName, issuer: authority, ...members });

  const connect = async (
    way: 'mqtts' | 'wss',
    certificate: TestCertificate | undefined,
    options: IClientOptions = {},
  ): Promise<MqttClient> => {
    const port = (way === 'mqtts' ? server.mqtts : server.https)?.port;
    const client = await connectAsync(`${way}://127.0.0.1:${port}/mqtt`, {
      ...(certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key }),
      rejectUnauthorized: false,
      reconnectPeriod: 0,
      protocolVersion: 5,
      ...options,
    });
    clients.push(client);
    return client;
  };

  /** Names of the other devices, as the server lists them to whoever asks. */
  const neighbours = async (client: MqttClient): Promise<string[]> => {
    const answered = new Promise<string>((resolve) => client.on('message', (_topic, body) => resolve(String(body))));
    client.publish(REQUEST, '{"method":"getDevices","params":{}}');
    return (JSON.parse(await answered) as { name: string }[]).map(({ name }) => name);
  };

  const refusal = (certificate: TestCertificate | undefined, options: IClientOptions = {}): Promise<number> =>
    connect('mqtts', certificate, options).then(
      () => 0,
      (error: unknown) => (error as { code: number }).code,
    );

  it.each(['mqtts', 'wss'] as const)('NET-20: is the device that has it, over %s, whoever issued it', async (way) => {
    await register(own);
    expect(await neighbours(await connect(way, own))).toEqual(['Test Device A2', 'Test Device A3']);
  });

  it.each(['mqtts', 'wss'] as const)('NET-22: is the device that it names, over %s', async (way) => {
    expect(await neighbours(await connect(way, issued('Test Device A2')))).toEqual([
      'Test Device A1',
      'Test Device A3',
    ]);
  });

  it('NET-19: need not be there', async () => {
    expect(await neighbours(await connect('mqtts', undefined, { username: A1.token }))).toHaveLength(2);
    expect(await refusal(undefined)).toBe(0x86);
  });

  it('NET-20, NET-22: refuses whoever has a certificate of nobody', async () => {
    const stranger = new TestCertificate({ commonName: 'Authority', isAuthority: true });
    expect(await refusal(own)).toBe(0x87);
    expect(await refusal(issued('Test Device A9'))).toBe(0x87);
    expect(await refusal(new TestCertificate({ commonName: A1.name }))).toBe(0x87);
    expect(await refusal(new TestCertificate({ commonName: A1.name, issuer: stranger }))).toBe(0x87);
    expect(await refusal(new TestCertificate({ commonName: A1.name, issuer: own }))).toBe(0x87);
  });

  it('NET-21: refuses certificates before and after their time', async () => {
    const late = { notBefore: new Date(Date.now() - 2 * HOUR_MS), notAfter: new Date(Date.now() - HOUR_MS) };
    const early = { notBefore: new Date(Date.now() + HOUR_MS), notAfter: new Date(Date.now() + 2 * HOUR_MS) };
    for (const dates of [late, early]) {
      const certificate = new TestCertificate({ commonName: 'x', ...dates });
      await register(certificate);
      expect(await refusal(certificate)).toBe(0x87);
      expect(await refusal(issued('Test Device A2', dates))).toBe(0x87);
    }
  });

  it('NET-23: ends the session when the device gets other credentials', async () => {
    await register(own);
    const client = await connect('mqtts', own);
    const closed = new Promise((resolve) => client.once('close', () => resolve(undefined)));
    await register(new TestCertificate({ commonName: 'next' }));
    await closed;
    expect(await refusal(own)).toBe(0x87);
  });

  it('NET-24: goes behind a token', async () => {
    await register(own);
    expect(await neighbours(await connect('mqtts', own, { username: 'B1_TEST_TOKEN' }))).toEqual([]);
    expect(await refusal(own, { username: 'UNKNOWN' })).toBe(0x87);
  });

  it('NET-20, NET-22, NET-24: work over HTTPS', async () => {
    await register(own);
    const ask = async (certificate: TestCertificate, path: string, header = ''): Promise<string> => {
      const { cert, key } = certificate;
      const client = await RawClient.connectTls(server.https!.port, { cert, key });
      const body = '{"method":"getDevices"}';
      const head = `Host: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n${header}`;
      client.write(`POST /api/v1/${path}/rpc HTTP/1.1\r\n${head}\r\n${body}`);
      const text = await client.untilClosed();
      return `${text.slice(9, 12)} ${[...text.matchAll(/"name":"Test Device (..)"/g)].map(([, name]) => name).join(' ')}`;
    };
    expect(await ask(own, 'me')).toBe('200 A2 A3');
    expect(await ask(issued('Test Device A2'), 'me')).toBe('200 A1 A3');
    expect(await ask(own, 'me', 'Authorization: Bearer A2_TEST_TOKEN\r\n')).toBe('200 A1 A3');
    expect(await ask(own, 'B1_TEST_TOKEN')).toBe('200 ');
    expect(await ask(issued('Test Device A9'), 'me')).toBe('401 ');
  });

  it('NET-22: a session that TLS resumes is the same device', async () => {
    const { cert, key } = issued(A1.name);
    const first = await RawClient.connectTls(server.mqtts!.port, { cert, key, maxVersion: 'TLSv1.2' });
    const session = (first.socket as unknown as { getSession: () => Buffer }).getSession();
    first.destroy();
    const client = await connect('mqtts', undefined, { session, maxVersion: 'TLSv1.2' } as IClientOptions);
    expect(await neighbours(client)).toEqual(['Test Device A2', 'Test Device A3']);
  });
});
