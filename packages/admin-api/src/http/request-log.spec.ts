import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AdminBench } from '../spec-support/admin-bench.js';

const UUID = /^[0-9a-f-]{36}$/;

let bench: AdminBench;

beforeEach(async () => {
  bench = await AdminBench.open();
  await bench.token('one');
  bench.logger.lines.length = 0;
});

afterEach(() => bench.close());

describe("OPS-9: an administrator's requests in the log", () => {
  test('a change is one line, with the id that the answer and the event have', async () => {
    const headers = { 'x-request-id': 'deploy-7.a:b_c' };
    const { status, headers: told } = await bench.ask('POST', '/api/devices', {
      as: 'one',
      body: { name: 'D' },
      headers,
    });
    expect([status, told['x-request-id']]).toEqual([201, 'deploy-7.a:b_c']);
    expect(bench.logger.lines).toEqual([
      {
        level: 'info',
        message: "An administrator's request was carried out",
        fields: {
          requestId: 'deploy-7.a:b_c',
          method: 'POST',
          route: '/api/devices',
          status: 201,
          address: '127.0.0.1',
          userId: expect.stringMatching(UUID),
        },
      },
    ]);
    const { body } = await bench.ask('GET', '/api/events?type=AUDIT', { as: 'one' });
    expect(body.items[0]).toMatchObject({ body: { requestId: 'deploy-7.a:b_c' } });
  });

  test('reading is none', async () => {
    expect((await bench.ask('GET', '/api/devices', { as: 'one' })).status).toBe(200);
    expect(bench.logger.lines).toEqual([]);
  });

  test.each([
    ['without a token', 'GET', '/api/devices/SECRET', {}, 401, '/api/devices/:id', undefined],
    ['of another role', 'GET', '/api/tenants', { as: 'one' }, 403, '/api/tenants', expect.any(String)],
    [
      'that is wrong',
      'POST',
      '/api/devices?SECRET=1',
      { as: 'one', body: {} },
      400,
      '/api/devices',
      expect.any(String),
    ],
    ['for nothing', 'GET', '/api/SECRET', { as: 'one' }, 404, undefined, undefined],
    ['by a wrong method', 'PATCH', '/api/devices', {}, 405, '/api/devices', undefined],
  ])('one that is refused is a line, and says nothing of what was asked: %s', async (...args) => {
    const [, method, path, ask, status, route, userId] = args;
    const { headers } = await bench.ask(method, path, ask);
    expect(bench.logger.lines).toMatchObject([
      {
        level: 'info',
        message: "An administrator's request was refused",
        fields: { requestId: headers['x-request-id'], method, route, status, userId },
      },
    ]);
    expect(JSON.stringify(bench.logger.lines)).not.toContain('SECRET');
  });

  test.each(['', 'two words', 'x'.repeat(65), 'a"b', 'ü'])(
    'an id that is not well-formed is replaced: %j',
    async (id) => {
      const { headers } = await bench.ask('GET', '/api/devices', { headers: { 'x-request-id': id } });
      expect(headers['x-request-id']).toMatch(UUID);
      expect(bench.logger.lines).toMatchObject([{ fields: { requestId: headers['x-request-id'] } }]);
    },
  );

  test('one that fails has its error beside it, under the same id', async () => {
    bench.registry.listCustomers = () => {
      throw new Error('the disk is full');
    };
    const { status, headers } = await bench.ask('GET', '/api/customers', { as: 'one' });
    expect(status).toBe(500);
    const requestId = headers['x-request-id'];
    expect(bench.logger.lines).toMatchObject([
      { level: 'error', message: "An administrator's request failed", fields: { requestId, error: expect.any(Error) } },
      { level: 'info', message: "An administrator's request was refused", fields: { requestId, status: 500 } },
    ]);
  });

  test('a URL that cannot be read has an id in its answer, too', async () => {
    const { status, headers } = await bench.ask('GET', '/api/devices/%zz', { headers: { 'x-request-id': 'mine' } });
    expect([status, headers['x-request-id']]).toEqual([400, 'mine']);
  });

  test('one whose client leaves before the answer is a line', async () => {
    const called = new Promise<void>((resolve) => {
      bench.host.callDevice = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    const { body } = await bench.ask('POST', '/api/devices', { as: 'one', body: { name: 'D' } });
    bench.logger.lines.length = 0;
    await bench.app.listen({ port: 0, host: '127.0.0.1' });
    const client = connect((bench.app.server.address() as AddressInfo).port, '127.0.0.1');
    const payload = '{"method":"m"}';
    client.write(
      `POST /api/devices/${body.id}/rpc HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await bench.token('one')}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${payload.length}\r\n\r\n${payload}`,
    );
    await called;
    client.destroy();
    await once(client, 'close');
    while (bench.logger.lines.length === 0) await new Promise(setImmediate);
    expect(bench.logger.lines).toMatchObject([
      { message: 'An administrator left before the answer', fields: { method: 'POST', route: '/api/devices/:id/rpc' } },
    ]);
    expect(bench.logger.lines[0]?.fields['status']).toBeUndefined();
  });
});
