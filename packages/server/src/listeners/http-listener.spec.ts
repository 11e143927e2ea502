import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpTransport } from '@device-messaging/transport-http';
import { RecordingLogger, TestCertificate, VirtualTimers } from '@device-messaging/testkit';
import { Readiness } from '../readiness.js';
import { HttpSettings } from '../settings/http-settings.js';
import { lastResponse, RawClient } from '../spec-support/raw-client.js';
import type { ListenerTls } from '../tls/tls-policy.js';
import { HttpListener } from './http-listener.js';
import { OpenRequests } from './open-requests.js';
import { WebSocketGate } from './web-socket-gate.js';

const TOKEN = 'VERY-SECRET';

describe('HttpListener', () => {
  let readiness: Readiness;
  let logger: RecordingLogger;
  let listener: HttpListener;
  let port: number;
  let clients: RawClient[];

  beforeEach(() => {
    [readiness, logger, clients] = [new Readiness(), new RecordingLogger(), []];
  });

  afterEach(async () => {
    for (const client of clients) client.destroy();
    await listener.close();
  });

  const listen = async (settings: Partial<HttpSettings> = {}, tls?: ListenerTls): Promise<void> => {
    const webSockets = new WebSocketGate({
      maxMessageBytes: 1_024,
      isOpen: () => false,
      accept: () => expect(true).toBe(false),
      logger,
    });
    const devices = new HttpTransport();
    listener = new HttpListener(
      { protocol: 'HTTP', bindAddress: '127.0.0.1', bindPort: 0 },
      {
        settings: { ...new HttpSettings(), ...settings },
        readiness,
        devices,
        admin: () => Promise.resolve(),
        adminRequests: new OpenRequests(new VirtualTimers()),
        metrics: undefined,
        webSockets,
        logger,
        tls,
      },
    );
    ({ port } = await listener.listen());
  };

  const connect = async (): Promise<RawClient> => {
    const client = await RawClient.connect(port);
    clients.push(client);
    return client;
  };

  const ask = async (path: string, init: RequestInit = {}): Promise<readonly [number, unknown, Headers]> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, init);
    const text = await answer.text();
    return [answer.status, text === '' ? undefined : JSON.parse(text), answer.headers];
  };

  it('NET-1, OPS-12: says whether devices are accepted, and that it is alive all the time', async () => {
    await listen();
    const probe = async (path: string): Promise<unknown> => (await ask(path)).slice(0, 2);
    expect(await probe('/health/ready')).toEqual([503, { status: 'starting' }]);
    expect(await probe('/health/live')).toEqual([200, { status: 'ok' }]);
    readiness.becomeReady();
    expect(await probe('/health/ready')).toEqual([200, { status: 'ok' }]);
    let isUp = false;
    readiness.watch({ reason: 'The database does not answer.', isUp: () => isUp });
    expect(await probe('/health/ready')).toEqual([
      200,
      { status: 'degraded', reasons: ['The database does not answer.'] },
    ]);
    isUp = true;
    expect(await probe('/health/ready')).toEqual([200, { status: 'ok' }]);
    isUp = false;
    readiness.leave();
    expect(await probe('/health/ready')).toEqual([503, { status: 'stopping' }]);
    expect(await probe('/health/live')).toEqual([200, { status: 'ok' }]);
    expect((await ask('/health/live', { method: 'HEAD' }))[0]).toBe(200);
  });

  const overlong = `/api/v1/${TOKEN.repeat(200)}/rpc`;

  it.each([
    ['GET', `/nothing/${TOKEN}`, 404, 'There is nothing at this path.'],
    ['POST', `/api/v2/${TOKEN}/rpc`, 404, 'There is nothing at this path.'],
    ['POST', '/health/live', 405, 'This path takes GET and HEAD.'],
    ['GET', `/mqtt?${TOKEN}`, 426, 'This path takes WebSocket, subprotocol mqtt.'],
    ['POST', `/api/v1/${TOKEN}%zz/rpc`, 400, 'Invalid request: the URL cannot be read'],
    ['POST', overlong, 414, 'Invalid request: a part of the path is too long'],
  ])('NET-2: refuses %s %.60s, and does not repeat it', async (method, path, status, error) => {
    await listen();
    expect((await ask(path, { method })).slice(0, 2)).toEqual([status, { error }]);
    expect(JSON.stringify(logger.lines)).not.toContain(TOKEN);
  });

  it('NET-2: takes a token of 512 characters, each percent-encoded', async () => {
    await listen();
    expect((await ask(`/api/v1/${'%41'.repeat(512)}/rpc`, { method: 'POST', body: '{}' }))[0]).toBe(503);
  });

  it.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n'],
    ['chunks that are not the last coding', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['a length that is none', 'Content-Length: +5\r\n\r\nhello'],
    ['a bad chunk size', 'Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n'],
    ['a chunk longer than it says', 'Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n'],
    ['a space before the colon', 'Content-Length : 5\r\n\r\nhello'],
    ['a folded header', 'X: a\r\n b: c\r\nContent-Length : 5\r\n\r\nhello'],
    ['a bare line feed in a header', 'X: a\nContent-Length: 5\r\r\n\r\nhello'],
  ])('NET-3: a request with %s is refused, and what follows is not taken for another one', async (_what, rest) => {
    await listen();
    const client = await connect();
    const smuggled = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
    client.write(`POST /api/v1/${TOKEN}/rpc HTTP/1.1\r\nHost: x\r\n${rest}${smuggled}`);
    const text = await client.untilClosed();
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(lastResponse(text)).toEqual([400, '{"error":"Invalid request: Bad Request"}']);
  });

  it('NET-3: headers that are too long are 431, also when much more is to come', async () => {
    await listen();
    const client = await connect();
    client.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000_000)}`);
    expect(lastResponse(await client.untilClosed())[0]).toBe(431);
    expect(client.failure).toBeUndefined();
  });

  it('NET-3: noise after a request is not taken for its answer', async () => {
    await listen();
    const client = await connect();
    client.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.until('{"status":"ok"}');
    client.write('\x16\x03\x01\x02\x00\x01\x00');
    const text = await client.untilClosed();
    expect(text).toContain('200 OK');
    expect(lastResponse(text)[0]).toBe(400);
  });

  const HANDSHAKE =
    'GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n';

  it('NET-9: refuses a handshake while devices are not accepted', async () => {
    await listen();
    const client = await connect();
    client.write(HANDSHAKE);
    expect(lastResponse(await client.untilClosed())).toEqual([
      503,
      '{"error":"The server does not accept devices now."}',
    ]);
  });

  it('NET-3: does not answer a handshake before the request that it was pipelined behind', async () => {
    await listen();
    const client = await connect();
    client.write(`GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n${HANDSHAKE}`);
    expect(await client.untilClosed()).not.toContain('503');
  });

  it.each([
    ['headers', { headersTimeoutMs: 200 }, 'GET /health/live HTTP/1.1\r\nX: '],
    ['a body', { requestTimeoutMs: 200 }, 'POST /api/v1/x/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe'],
    ['anything', { headersTimeoutMs: 200 }, ''],
  ])('NET-4: who takes too long for %s is cut off with 408', async (_what, settings, text) => {
    await listen(settings);
    const client = await connect();
    client.write(text);
    expect(lastResponse(await client.untilClosed())[0]).toBe(408);
  });

  it('NET-5: a request that offers another protocol is answered as it is', async () => {
    await listen();
    const client = await connect();
    const offer =
      'Host: x\r\nConnection: Upgrade, HTTP2-Settings, keep-alive\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n';
    // More often than an emitter warns of listeners that nobody removes.
    for (let i = 0; i < 12; i++) {
      client.forget();
      client.write(`GET /health/live HTTP/1.1\r\n${offer}\r\n`);
      await client.until('{"status":"ok"}');
    }
    client.write(`POST /api/v1/x/rpc HTTP/1.1\r\n${offer}Content-Length: 2\r\n\r\n{}`);
    const text = await client.until('503');
    expect(text).not.toContain('101');
    expect(logger.lines).toEqual([]);
  });

  it('NET-6: speaks of no origins unless it is told which', async () => {
    await listen();
    const origin = { headers: { origin: 'https://page.example' } };
    expect((await ask('/health/live', origin))[2].get('access-control-allow-origin')).toBeNull();
    expect((await ask('/health/live', { method: 'OPTIONS', ...origin }))[0]).toBe(404);
  });

  it.each([
    [['https://page.example'], 'https://page.example', 'https://page.example'],
    [['https://page.example'], 'https://other.example', null],
    [['*'], 'https://other.example', '*'],
  ])('NET-6: lets pages of %j in: %s', async (corsOrigins, origin, allowed) => {
    await listen({ corsOrigins });
    const preflight = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const [status, , headers] = await ask('/api/v1/me/rpc', { method: 'OPTIONS', headers: preflight });
    expect(headers.get('access-control-allow-origin')).toBe(allowed);
    if (allowed !== null) expect([status, headers.get('access-control-allow-headers')]).toEqual([204, 'authorization']);
    const answer = await ask('/health/live', { headers: { origin } });
    expect(answer[2].get('access-control-allow-origin')).toBe(allowed);
  });

  it('NET-14: closes without waiting for a TLS handshake that does not go on', async () => {
    const { cert, key } = new TestCertificate({ commonName: 'localhost' });
    const material = { cert, key, ca: [], minVersion: 'TLSv1.2', expiresAt: 0 } as const;
    await listen({}, { material: { ...material, ca: [] }, authorityTenantId: undefined });
    const client = await connect();
    // Accepted after the other one.
    (await RawClient.connectTls(port)).destroy();
    const began = Date.now();
    await listener.close();
    expect(await client.untilClosed()).toBe('');
    // A handshake may take 10 s.
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});
