import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RawClient } from '../spec-support/raw-client.js';
import { Administrator, type AdminAnswer } from '../spec-support/administrator.js';
import { ServerBench } from '../spec-support/server-bench.js';

const PAGE = 'https://page.example';

describe('the HTTP port', () => {
  let bench: ServerBench;
  let port: number;
  let administrator: Administrator;

  beforeAll(async () => {
    bench = new ServerBench();
    const yaml = `http: { corsOrigins: ["${PAGE}"], trustProxy: [127.0.0.1] }\nadmin: { limits: { loginsPerAddress: 3 } }\n`;
    const server = await bench.start({}, yaml);
    port = server.http.port;
    administrator = new Administrator(port);
    await administrator.logIn();
  });

  afterAll(() => bench.stop());

  const ask = (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<AdminAnswer> => administrator.ask(method, path, body, headers);

  it.each([
    ['GET', '/api/v1/TOKEN/nothing'],
    ['POST', '/api/v1/TOKEN/rpc/1/2'],
    ['GET', '/api/v1/TOKEN'],
    ['DELETE', '/api/v1/'],
    ['GET', '/nothing'],
  ])('OPS-6: nothing at %s %s: as the device API says it', async (method, path) => {
    const { status, headers, text } = await ask(method, path);
    expect([status, text]).toEqual([404, '{"error":"There is nothing at this path."}']);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('OPS-6: finds no fault with a body that is sent to where nothing is', async () => {
    const odd = { 'content-type': 'no/such; type' };
    const { status, text } = await ask('POST', '/api/v1/TOKEN/nothing', odd, 'x'.repeat(2_000_000));
    expect([status, text]).toEqual([404, '{"error":"There is nothing at this path."}']);
  });

  it.each([
    ['GET', '/api/nothing', 404],
    ['GET', '/api', 404],
    ['POST', '/api/v2/TOKEN/rpc', 404],
    ['GET', '/api/devices/%zz', 400],
    ['GET', `/api/devices/${'x'.repeat(2_000)}`, 414],
  ])('OPS-6: %s %.30s: as the admin API says it', async (method, path, status) => {
    const { headers, body } = await ask(method, path, { 'x-request-id': 'mine' });
    expect(body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect([headers.get('x-request-id'), headers.get('cache-control')]).toEqual(['mine', 'no-store']);
  });

  it('OPS-6: a URL of the device API that cannot be read is refused as the device API does', async () => {
    const { status, body } = await ask('GET', '/api/v1/TOKEN%zz/rpc');
    expect([status, body]).toEqual([400, { error: 'Invalid request: the URL cannot be read' }]);
  });

  const preflight = (path: string, method: string): Promise<AdminAnswer> =>
    ask('OPTIONS', path, {
      origin: PAGE,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,if-match',
    });

  it.each(['PUT', 'DELETE', 'POST'])('OPS-7: pages may send %s with its headers to the admin API', async (method) => {
    const { status, headers } = await preflight('/api/devices/x', method);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, PAGE]);
    const list = (name: string): string[] => (headers.get(name) ?? '').toLowerCase().split(', ');
    expect(list('access-control-allow-methods')).toContain(method.toLowerCase());
    expect(list('access-control-allow-headers').sort()).toEqual(
      ['authorization', 'content-type', 'if-match', 'x-authorization', 'x-request-id'].sort(),
    );
  });

  it('OPS-7: pages can read what they need of answers, refusals included', async () => {
    for (const [path, status] of [
      ['/api/devices', 200],
      ['/api/devices/x', 404],
    ] as const) {
      const answer = await ask('GET', path, { origin: PAGE });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
      expect(answer.headers.get('access-control-expose-headers')).toBe('etag, retry-after, x-request-id');
    }
  });

  it('OPS-7: the device API takes from pages what it took before', async () => {
    const { headers } = await preflight('/api/v1/me/rpc', 'POST');
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(headers.get('access-control-allow-headers')).toBe('authorization,if-match');
    expect(headers.get('access-control-expose-headers')).toBeNull();
  });

  it('OPS-7: other pages are told nothing', async () => {
    const { headers } = await ask('GET', '/api/devices', { origin: 'https://other.example' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('OPS-8: the address of an administrator is what a proxy that is trusted says', async () => {
    const tryOnce = async (from: string): Promise<number> =>
      (
        await ask(
          'POST',
          '/api/auth/login',
          { 'x-forwarded-for': from, 'content-type': 'application/json' },
          '{"username":"nobody","password":"x"}',
        )
      ).status;
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push(await tryOnce('192.0.2.1'));
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(await tryOnce('192.0.2.2')).toBe(401);
    // What the client itself wrote in front of what the proxy knows is not believed.
    expect(await tryOnce('192.0.2.99, 192.0.2.1')).toBe(429);
    expect(bench.logger.lines.some(({ fields }) => fields['address'] === '192.0.2.1')).toBe(true);
  });

  it('OPS-8: nobody is believed unless he is named', async () => {
    const other = new ServerBench();
    try {
      const { http } = await other.start();
      const client = await RawClient.connect(http.port);
      client.write('GET /api/devices HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n');
      await client.until('401');
      client.destroy();
      while (!other.logger.lines.some(({ message }) => message.includes('refused'))) await new Promise(setImmediate);
      expect(other.logger.lines.at(-1)?.fields['address']).toBe('127.0.0.1');
    } finally {
      await other.stop();
    }
  });
});
