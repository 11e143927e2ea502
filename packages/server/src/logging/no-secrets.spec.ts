import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectAsync } from 'mqtt';
import type { RunningServer } from '../server.js';
import { Administrator } from '../spec-support/administrator.js';
import { RawClient } from '../spec-support/raw-client.js';
import { A1, ServerBench } from '../spec-support/server-bench.js';
import { PinoLogger } from './pino-logger.js';

/** Every secret of these tests has it in it, but for those that the server makes. */
const MARK = 'S3CR3T';

/** Drives a server as somebody would who wants secrets in its log, at the level that says most. */
describe('OPS-10: no secret is in the log', () => {
  let lines: string[];
  let bench: ServerBench;
  let server: RunningServer;
  let administrator: Administrator;
  let secrets: string[];

  beforeEach(async () => {
    lines = [];
    bench = new ServerBench(new PinoLogger('debug', { write: (line) => void lines.push(line) }));
    server = await bench.start();
    administrator = new Administrator(server.http.port);
    secrets = [MARK, A1.token];
  });

  afterEach(async () => {
    await bench.stop();
    const log = lines.join('');
    // What was done must have been told at all: an empty log holds no secret either.
    expect(lines.length).toBeGreaterThan(1);
    for (const secret of secrets) expect([secret, log.includes(secret)]).toEqual([secret, false]);
    for (const line of lines) JSON.parse(line);
  });

  it('while administrators log in, fail to, renew and change their password', async () => {
    const tokens = await administrator.logIn();
    secrets.push(...tokens);
    expect((await administrator.ask('POST', '/api/auth/token', { refreshToken: `${MARK}-unknown` })).status).toBe(401);
    const renewed = await administrator.ask('POST', '/api/auth/token', { refreshToken: tokens[1] });
    secrets.push(String(renewed.body['token']), String(renewed.body['refreshToken']));
    for (const body of [
      { username: 'tenant@thingsboard.org', password: MARK },
      { username: MARK, password: 'password in the wrong field' },
      { username: 'tenant@thingsboard.org', password: MARK, [MARK]: 1 },
      `{"username":"${MARK}`,
    ]) {
      expect((await administrator.ask('POST', '/api/auth/login', body)).status).toBeGreaterThanOrEqual(400);
    }
    const change = { current: `${MARK}-wrong`, next: `${MARK}-next` };
    expect((await administrator.ask('POST', '/api/auth/password', change)).status).toBe(400);
    const right = { current: 'tenant', next: `${MARK}-next` };
    expect((await administrator.ask('POST', '/api/auth/password', right)).status).toBeLessThan(300);
    for (const headers of [
      { authorization: `Bearer ${MARK}` },
      { 'x-authorization': `Bearer eyJhbGciOiJub25lIn0.${MARK}.x` },
      { authorization: MARK },
      { cookie: `session=${MARK}` },
    ] as Record<string, string>[]) {
      expect((await administrator.ask('GET', '/api/devices', undefined, headers)).status).toBe(401);
    }
  });

  it('while devices and users are made, and imported', async () => {
    secrets.push(...(await administrator.logIn()));
    const device = { name: 'One', token: `${MARK}-one` };
    expect((await administrator.ask('POST', '/api/devices', device)).status).toBe(201);
    expect((await administrator.ask('POST', '/api/devices', { ...device, name: 'Two' })).status).toBe(409);
    const made = await administrator.ask('POST', '/api/devices', { name: 'Three' });
    secrets.push(String(made.body['token']));
    const renewed = await administrator.ask('POST', `/api/devices/${String(made.body['id'])}/credentials`);
    secrets.push(String(renewed.body['token']));
    const user = { username: 'u@example.org', password: `${MARK}-user`, role: 'TENANT_ADMIN' };
    expect((await administrator.ask('POST', '/api/users', user)).status).toBe(201);
    expect((await administrator.ask('POST', '/api/users', user)).status).toBe(409);
    expect((await administrator.ask('POST', '/api/users', { ...user, role: MARK })).status).toBe(400);
    const csv = { 'content-type': 'text/csv' };
    const rows = `name,token\nFour,${MARK}-four\nFive,${MARK}-four\n${MARK}\n"${MARK}\n`;
    expect((await administrator.ask('POST', '/api/devices/import', rows, csv)).body).toMatchObject({ created: 1 });
    expect((await administrator.ask('POST', '/api/import', { [MARK]: MARK })).status).toBe(400);
  });

  it('while devices call with their tokens in paths, in headers and in user names', async () => {
    const paths = [
      `/api/v1/${MARK}/rpc`,
      `/api/v1/${MARK}/nothing`,
      `/api/v1/${MARK}/rpc/%zz`,
      `/api/v1/${MARK.repeat(500)}/rpc`,
      `/api/${MARK}/rpc`,
      `/${MARK}`,
      `/api/devices/${MARK}?x=${MARK}`,
    ];
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        expect((await administrator.ask(method, path)).status).toBeGreaterThanOrEqual(400);
      }
    }
    const me = { authorization: `Bearer ${MARK}` };
    expect((await administrator.ask('POST', '/api/v1/me/rpc', '{}', me)).status).toBe(401);
    expect((await administrator.ask('POST', `/api/v1/${A1.token}/rpc`, { method: 'nonsense' })).status).toBe(200);
    const raw = await RawClient.connect(server.http.port);
    raw.write(`GET /api/v1/${MARK}/rpc HTTP/1.1\r\nHost: x\r\nX: ${MARK}\0\r\n\r\n`);
    await raw.untilClosed();
    for (const protocolVersion of [4, 5] as const) {
      const options = { username: MARK, password: MARK, reconnectPeriod: 0, protocolVersion };
      await expect(connectAsync(`mqtt://127.0.0.1:${server.mqtt.port}`, options)).rejects.toThrow('Not authorized');
    }
    const broken = await RawClient.connect(server.mqtt.port);
    broken.write(`\x10\x40${MARK.repeat(20)}`);
    await broken.untilClosed();
    await coapRequest(server.coap.port, ['api', 'v1', MARK, 'rpc']);
    // So that the log of this test says something, whatever the level of those above is.
    await administrator.logIn();
  });

  it('when the registry fails while they do', async () => {
    await administrator.logIn();
    const failing = (): never => {
      throw Object.assign(new Error(`select from devices where token = Bearer ${MARK}`), {
        parameters: { token: MARK },
        url: `postgres://me:${MARK}@db/x`,
      });
    };
    server.registry.findDeviceByCredentials = failing;
    server.registry.listCustomers = failing;
    expect((await administrator.ask('POST', `/api/v1/${MARK}/rpc`, { method: 'm' })).status).toBe(503);
    expect((await administrator.ask('GET', '/api/customers')).status).toBe(500);
    const options = { username: MARK, password: MARK, reconnectPeriod: 0 };
    await expect(connectAsync(`mqtt://127.0.0.1:${server.mqtt.port}`, options)).rejects.toThrow();
    expect(lines.join('')).toContain('select from devices where token');
  });

  it('when the database cannot be reached', async () => {
    const logger = new PinoLogger('debug', { write: (line) => void lines.push(line) });
    const other = new ServerBench(logger);
    const { http } = server;
    try {
      for (const url of [
        `postgres://me:${MARK}@127.0.0.1:${http.port}/x`,
        `postgres://me:${MARK}@127.0.0.1:1/x`,
        `mysql://me:${MARK}@127.0.0.1:1/x`,
        MARK,
      ]) {
        const error: unknown = await other.start({ DATABASE_URL: url }).catch((failure: unknown) => failure);
        expect(error).toBeInstanceOf(Error);
        expect(String(error)).not.toContain(MARK);
        logger.error('It did not start', { error, databaseUrl: url, from: url.includes(':') ? url : 'nowhere' });
      }
    } finally {
      await other.stop();
    }
  });
});

/** A GET (RFC 7252 section 3) of a path, answered or not. */
async function coapRequest(port: number, path: readonly string[]): Promise<void> {
  const socket = createSocket('udp4');
  const options = path.map((part, index) =>
    Buffer.from([(index === 0 ? 0xb0 : 0) | part.length, ...Buffer.from(part)]),
  );
  const answered = new Promise<void>((resolve) => socket.once('message', () => resolve()));
  socket.send(Buffer.concat([Buffer.from([0x40, 0x02, 0x12, 0x34]), ...options]), port, '127.0.0.1');
  await answered;
  socket.close();
}
