import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OverQuotaError } from '@device-messaging/host-api';
import { eventually } from '@device-messaging/testkit';
import { Stage } from './spec-support/stage.js';

let stage: Stage;

beforeEach(async () => {
  stage = await Stage.open({ maxBodyBytes: 1_000, maxPipelined: 3 });
  stage.host.onRequest = (session, { ref, payload }) =>
    void session.sink.answer(ref, Buffer.from(`{"echo":${payload}}`), 'answer');
});

afterEach(async () => {
  await stage.close();
  expect(stage.transport.openCount).toBe(0);
  expect(stage.transport.listeningCount).toBe(0);
  expect(stage.host.openSessions).toBe(0);
  expect(stage.host.timers.pending).toBe(0);
});

describe('who asks', () => {
  test('HTTP-1: the token of the path', async () => {
    const { status, body, headers } = await stage.client.send('POST', '/api/v1/token-1/rpc', {
      body: '{"method":"x"}',
    });
    expect([status, body]).toEqual([200, '{"echo":{"method":"x"}}']);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(stage.host.credentials).toEqual([{ type: 'ACCESS_TOKEN', secret: 'token-1' }]);
  });

  test('HTTP-1: a token with characters that URLs escape', async () => {
    const path = `/api/v1/${encodeURIComponent('token/ü %')}/rpc`;
    expect((await stage.client.send('POST', path, { body: '1' })).status).toBe(200);
    expect(stage.host.credentials).toEqual([{ type: 'ACCESS_TOKEN', secret: 'token/ü %' }]);
  });

  test.each(['Bearer token-1', 'bearer  token-1 '])('HTTP-1: me with Authorization: %s', async (authorization) => {
    const options = { body: '1', headers: { authorization } };
    expect((await stage.client.send('POST', '/api/v1/me/rpc', options)).status).toBe(200);
    expect(stage.host.credentials).toEqual([{ type: 'ACCESS_TOKEN', secret: 'token-1' }]);
  });

  test.each([
    ['nothing', {}, 'No access token.'],
    ['another scheme', { authorization: 'Basic dG9rZW4=' }, 'No access token.'],
    ['no token', { authorization: 'Bearer ' }, 'No access token.'],
    ['an unknown token', { authorization: 'Bearer nobody' }, 'No device has this access token.'],
  ])('HTTP-3: me with %s is 401, and says what to do', async (_case, headers, text) => {
    const response = await stage.client.send('POST', '/api/v1/me/rpc', { body: '1', headers });
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect((JSON.parse(response.body) as { error: string }).error).toContain(text);
  });

  test.each(['throws', 'rejects'])(
    'HTTP-3: a registry that %s is 503, and the device should try again',
    async (how) => {
      stage.host.verdict = () => {
        if (how === 'throws') throw new Error('down');
        return Promise.reject(new Error('down'));
      };
      const { status, headers } = await stage.client.send('POST', '/api/v1/token-1/rpc', { body: '1' });
      expect([status, headers['retry-after']]).toEqual([503, '1']);
    },
  );

  test.each(['throws', 'rejects'])(
    'QTA-9: over a quota of connections (%s) it is 429, and when to come again',
    async (how) => {
      stage.host.verdict = () => {
        const error = new OverQuotaError({ kind: 'device', id: 'd' }, 'connections');
        if (how === 'throws') throw error;
        return Promise.reject(error);
      };
      const { status, headers, body } = await stage.client.send('POST', '/api/v1/token-1/rpc', { body: '1' });
      expect([status, headers['retry-after']]).toEqual([429, '1']);
      expect(body).toContain('quota');
    },
  );

  test.each(['telemetry', 'attributes'])('QTA-5: %s over a quota are 429, and when to come again', async (path) => {
    stage.host.publishOutcome = () => 'rate-limited';
    stage.host.retryAfterS = 7;
    const { status, headers, body } = await stage.client.send('POST', `/api/v1/token-1/${path}`, { body: '{}' });
    expect([status, headers['retry-after'], body]).toEqual([429, '7', '{"error":"Rate limit exceeded!"}']);
  });

  test('HTTP-4: a registry that takes its time; the session ends with the response', async () => {
    stage.host.verdict = async (open) => {
      await new Promise(setImmediate);
      return open();
    };
    expect((await stage.client.send('POST', '/api/v1/token-1/rpc', { body: '1' })).status).toBe(200);
    expect(stage.host.sessions.map(({ closed, facts }) => [closed, facts])).toEqual([
      [1, { transport: 'http', remoteAddress: '127.0.0.1' }],
    ]);
  });

  test('HTTP-4: a connection that is gone before the registry answers leaves no session', async () => {
    let open!: () => void;
    stage.host.verdict = (opening) => new Promise((resolve) => (open = () => resolve(opening())));
    const socket = await stage.socket();
    socket.write('GET /api/v1/token-1/rpc HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => stage.transport.openCount === 1, 'the request');
    socket.destroy();
    await eventually(() => stage.transport.openCount === 0, 'the end of the request');
    open();
    const session = await stage.session();
    await eventually(() => session.closed === 1, 'the end of the session');
    expect(session.isListening).toBe(false);
  });
});

describe('asking', () => {
  test.each([
    ['answer', 200, undefined],
    ['malformed', 400, undefined],
    ['rate-limited', 429, '3600'],
  ] as const)('HTTP-5: an answer of kind %s is %i', async (kind, status, retryAfter) => {
    stage.host.onRequest = (session) => void session.answer(0, '{"error":"text"}', kind);
    stage.host.retryAfterS = 3_600;
    const response = await stage.client.send('POST', '/api/v1/token-1/rpc', { body: '1' });
    expect([response.status, response.body]).toEqual([status, '{"error":"text"}']);
    expect(response.headers['retry-after']).toBe(retryAfter);
  });

  test.each([undefined, 'application/json', 'text/plain', 'application/x-www-form-urlencoded'])(
    'HTTP-6: the body counts, whatever its type says: %s',
    async (type) => {
      const headers = type === undefined ? {} : { 'content-type': type };
      const { body } = await stage.client.send('POST', '/api/v1/token-1/rpc', { body: '[1.10]', headers });
      expect(body).toBe('{"echo":[1.10]}');
    },
  );

  test('HTTP-6: a type that is no media type is 415', async () => {
    const options = { body: '1', headers: { 'content-type': 'no type at all' } };
    const { status, body } = await stage.client.send('POST', '/api/v1/token-1/rpc', options);
    expect([status, body]).toEqual([415, '{"error":"Invalid request: Content-Type is no media type"}']);
  });

  test('HTTP-6: no body at all is an empty one', async () => {
    expect((await stage.client.send('POST', '/api/v1/token-1/rpc')).body).toBe('{"echo":}');
  });

  test.each(['content-length', 'chunked'])('HTTP-6: a body that is too large is 413: %s', async (how) => {
    const headers: Record<string, string> = how === 'chunked' ? { 'transfer-encoding': 'chunked' } : {};
    const { status, body } = await stage.client.send('POST', '/api/v1/token-1/rpc', {
      body: 'x'.repeat(1_001),
      headers,
    });
    expect([status, body]).toEqual([413, '{"error":"Invalid request: the body has more than 1000 bytes"}']);
    expect(stage.host.sessions).toEqual([]);
  });

  test('HTTP-6: an encoded body is 415', async () => {
    const options = { body: '1', headers: { 'content-encoding': 'gzip' } };
    expect((await stage.client.send('POST', '/api/v1/token-1/rpc', options)).status).toBe(415);
  });

  test('HTTP-7: the answer of a caller that is gone finds no session any more', async () => {
    stage.host.onRequest = () => undefined;
    const socket = await stage.socket();
    socket.write('POST /api/v1/token-1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1');
    const session = await stage.session();
    await eventually(() => session.requests.length === 1, 'the request');
    socket.resetAndDestroy();
    await eventually(() => session.closed === 1, 'the end of the session');
  });

  test('HTTP-8: pipelined requests are answered in order, the excess is refused', async () => {
    const answers: (() => void)[] = [];
    stage.host.onRequest = (session, { ref, payload }) =>
      void answers.push(() => void session.sink.answer(ref, Buffer.from(payload), 'answer'));
    const socket = await stage.socket();
    const one = (body: number): string =>
      `POST /api/v1/token-1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n${body}`;
    socket.write([1, 2, 3, 4].map(one).join(''));
    await eventually(() => answers.length === 3, 'the requests');
    for (const answer of answers.toReversed()) answer();
    let text = '';
    while ((text.match(/HTTP\/1.1/g) ?? []).length < 4) text += String(((await once(socket, 'data')) as [Buffer])[0]);
    expect([...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '200', '200', '503']);
    expect([...text.matchAll(/\r\n\r\n(\d)/g)].map(([, body]) => body)).toEqual(['1', '2', '3']);
  });

  test('QTA-15: a connection that sends on and on without waiting for responses is cut off', async () => {
    stage.host.onRequest = () => undefined;
    const socket = await stage.socket();
    const one = 'POST /api/v1/token-1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1';
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined).resume();
    socket.write(one.repeat(200));
    await closed;
    await eventually(() => stage.transport.openCount === 0, 'the end of the requests');
    expect(stage.host.sessions.length).toBeLessThanOrEqual(3);
    expect(stage.host.openSessions).toBe(0);
    expect((await stage.client.send('GET', '/api/v1/nobody/rpc')).status).toBe(401);
  });

  test('QTA-15: twice as many as may be under way are answered, those that are too many with 503', async () => {
    const socket = await stage.socket();
    socket.write('POST /api/v1/token-1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1'.repeat(6));
    let text = '';
    while ((text.match(/HTTP\/1.1/g) ?? []).length < 6) text += String(((await once(socket, 'data')) as [Buffer])[0]);
    expect(socket.destroyed).toBe(false);
  });
});

describe('replies and data', () => {
  test('HTTP-16: a reply is handed on as it is', async () => {
    const { status, body } = await stage.client.send('POST', '/api/v1/token-1/rpc/2147483647', { body: '{"a": 1.10}' });
    expect([status, body]).toEqual([200, '']);
    expect(stage.host.sessions[0]!.replies).toEqual([[2147483647, '{"a": 1.10}']]);
  });

  test.each([false, Promise.resolve(false)])('HTTP-16: a reply that nobody waits for is 404', async (outcome) => {
    stage.host.replyOutcome = () => outcome;
    expect((await stage.client.send('POST', '/api/v1/token-1/rpc/1', { body: '1' })).status).toBe(404);
  });

  test.each(['-1', '01', '1.0', '2147483648', 'x', '%31 ', '1e3'])('HTTP-16: %s is no id', async (id) => {
    const path = `/api/v1/token-1/rpc/${encodeURIComponent(id)}`;
    expect((await stage.client.send('POST', path, { body: '1' })).status).toBe(404);
    expect(stage.host.sessions.flatMap(({ replies }) => replies)).toEqual([]);
  });

  test.each([
    ['telemetry', 'POST_TELEMETRY'],
    ['attributes', 'POST_ATTRIBUTES'],
  ])('HTTP-5: %s are offered to the rules; what is not JSON is 400', async (path, type) => {
    expect((await stage.client.send('POST', `/api/v1/token-1/${path}`, { body: '{"t": 1}' })).status).toBe(200);
    expect(stage.host.sessions[0]!.published).toEqual([[type, '{"t": 1}']]);
    expect((await stage.client.send('POST', `/api/v1/token-1/${path}`, { body: 'x' })).status).toBe(400);
    expect((await stage.client.send('POST', `/api/v1/nobody/${path}`, { body: '{}' })).status).toBe(401);
  });

  test('HTTP-5: a device has no attributes here', async () => {
    expect((await stage.client.send('GET', '/api/v1/token-1/attributes')).body).toBe('{}');
  });
});

describe('what is wrong', () => {
  test.each([
    ['PUT', '/rpc', 'POST, GET'],
    ['HEAD', '/rpc', 'POST, GET'],
    ['HEAD', '/attributes', 'POST, GET'],
    ['GET', '/rpc/1', 'POST'],
    ['DELETE', '/telemetry', 'POST'],
  ])('HTTP-17: %s %s is 405 and says what is allowed', async (method, path, allowed) => {
    const { status, headers } = await stage.client.send(method, `/api/v1/token-1${path}`);
    expect([status, headers.allow?.split(', ').sort().join()]).toEqual([405, allowed.split(', ').sort().join()]);
    expect(stage.host.credentials).toEqual([]);
  });

  test('HTTP-19: what goes wrong inside is 500, logged, and does not show', async () => {
    stage.host.onRequest = () => {
      throw new Error('secret of the inside');
    };
    const { status, body } = await stage.client.send('POST', '/api/v1/token-1/rpc', { body: '1' });
    expect([status, body]).toEqual([500, '{"error":"Internal server error!"}']);
    expect(stage.host.errors).toEqual([expect.stringContaining('secret of the inside')]);
    expect(stage.host.errors.join()).not.toContain('token-1');
    expect((await stage.client.send('GET', '/api/v1/token-1/attributes')).status).toBe(200);
  });

  test('HTTP-20: a body that ends before its length is 400, on a connection that is closed', async () => {
    const socket = await stage.socket();
    socket.end('POST /api/v1/token-1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1');
    socket.resume();
    await once(socket, 'close');
    expect(stage.host.sessions).toEqual([]);
  });
});

describe('before and after', () => {
  test('HTTP-18: until the host has started everything is 503', async () => {
    const early = await Stage.open({}, false);
    const { status, headers, body } = await early.client.send('POST', '/api/v1/token-1/rpc', { body: '1' });
    expect([status, headers['retry-after'], body]).toEqual([
      503,
      '1',
      '{"error":"The server is starting. Try again."}',
    ]);
    await early.close();
  });

  test('HTTP-18: once it stops only replies are taken; what is open keeps its answer', async () => {
    stage.host.onRequest = () => undefined;
    const open = stage.client.send('POST', '/api/v1/token-1/rpc', { body: '1' });
    const session = await stage.session();
    await eventually(() => session.requests.length === 1, 'the request');
    stage.transport.drain();
    for (const [method, path] of [
      ['POST', '/rpc'],
      ['GET', '/rpc'],
      ['GET', '/rpc/stream'],
      ['POST', '/telemetry'],
      ['GET', '/attributes'],
    ] as const) {
      expect((await stage.client.send(method, `/api/v1/token-1${path}`)).status).toBe(503);
    }
    expect((await stage.client.send('POST', '/api/v1/token-1/rpc/1', { body: '1' })).status).toBe(200);
    session.answer(0, '"in time"');
    expect((await open).body).toBe('"in time"');
  });

  test('HTTP-18: what is open at the end is 503', async () => {
    stage.host.onRequest = () => undefined;
    const open = [
      stage.client.send('POST', '/api/v1/token-1/rpc', { body: '1' }),
      stage.client.send('GET', '/api/v1/token-1/rpc'),
    ];
    await stage.session(2);
    stage.transport.stop();
    expect((await Promise.all(open)).map(({ status }) => status)).toEqual([503, 503]);
  });
});
