import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, type FakeSession } from '@device-messaging/testkit';
import { call, Stage } from './spec-support/stage.js';

const POLL = '/api/v1/token-1/rpc';
const STREAM = '/api/v1/token-1/rpc/stream';
const MAX_UNSENT = 100_000;

let stage: Stage;

beforeEach(async () => {
  stage = await Stage.open({ maxUnsentBytes: MAX_UNSENT });
});

afterEach(async () => {
  await stage.close();
  expect(stage.transport.openCount).toBe(0);
  expect(stage.transport.listeningCount).toBe(0);
  expect(stage.host.openSessions).toBe(0);
  expect(stage.host.timers.pending).toBe(0);
});

describe('a long poll', () => {
  test('HTTP-9: takes one call, byte for byte, and is over', async () => {
    const poll = stage.client.send('GET', POLL);
    const session = await stage.listener();
    expect(call(session, 7, '{ "a" :\n1.10 }', 'on"Msg')).toBe('handed');
    expect([session.isListening, session.closed]).toEqual([false, 1]);
    const { status, body } = await poll;
    expect([status, body]).toEqual([200, '{"id":7,"method":"on\\"Msg","params":{ "a" :\n1.10 }}']);
  });

  test.each([
    ['', 60_000],
    ['?timeout=5000', 5_000],
    ['?timeout=0', 1_000],
    ['?timeout=-5', 1_000],
    ['?timeout=999999999', 300_000],
  ])('HTTP-9: %s ends after %i ms with 408 and no body', async (query, ms) => {
    let isOver = false;
    const poll = stage.client.send('GET', POLL + query).finally(() => (isOver = true));
    await stage.listener();
    stage.host.timers.advance(ms - 1);
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    stage.host.timers.advance(1);
    const { status, body } = await poll;
    expect([status, body]).toEqual([408, '']);
  });

  test.each(['?timeout=abc', '?timeout=1.5', '?timeout=', '?timeout=1&timeout=2'])(
    'HTTP-9: %s is 400',
    async (query) => {
      expect((await stage.client.send('GET', POLL + query)).status).toBe(400);
    },
  );

  test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
    'HTTP-10: listens no more once its connection is gone: %s',
    async (how) => {
      const socket = await stage.socket();
      socket.write(`GET ${POLL} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const session = await stage.listener();
      socket[how]();
      await eventually(() => session.closed === 1, 'the end of the session');
      expect(stage.transport.listeningCount).toBe(0);
    },
  );

  test('HTTP-11: polls at the same time have a session each', async () => {
    const polls = [stage.client.send('GET', POLL), stage.client.send('GET', POLL)];
    const sessions = [await stage.listener(1), await stage.listener(2)];
    for (const session of sessions) expect(call(session, 1)).toBe('handed');
    expect((await Promise.all(polls)).map(({ status }) => status)).toEqual([200, 200]);
  });

  test('HTTP-12: does not listen before the responses that are ahead of it are sent', async () => {
    const socket = await stage.socket();
    const received: string[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk.toString()));
    socket.write(
      `POST ${POLL} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1GET ${POLL} HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    await stage.session(2);
    // The poll has no body to wait for, so its session may be the first.
    const asking = (): FakeSession | undefined => stage.host.sessions.find(({ requests }) => requests.length > 0);
    await eventually(() => asking() !== undefined, 'the request');
    const polling = stage.host.sessions.find((session) => session !== asking())!;
    expect(polling.isListening).toBe(false);
    asking()!.answer(0, '"first"');
    await eventually(() => polling.isListening, 'listening');
    call(polling, 1);
    await eventually(() => received.join('').includes('"onMsg"'), 'the call');
  });

  test('HTTP-15: of a device whose credentials are revoked ends with 401', async () => {
    const poll = stage.client.send('GET', POLL);
    const session = await stage.listener();
    session.closed = 1;
    session.sink.close('CREDENTIALS_REVOKED');
    expect((await poll).status).toBe(401);
  });
});

describe('a stream', () => {
  const texts = new WeakMap<IncomingMessage, string>();

  async function open(): Promise<IncomingMessage> {
    const stream = await stage.client.open('GET', STREAM);
    stream.setEncoding('utf8').on('data', (chunk: string) => texts.set(stream, (texts.get(stream) ?? '') + chunk));
    stream.on('error', () => undefined);
    return stream;
  }

  async function untilReceived(stream: IncomingMessage, text: string): Promise<void> {
    await eventually(() => texts.get(stream)?.includes(text) === true, `the arrival of ${text}`);
  }

  test('HTTP-13: brings every call as an event of one line', async () => {
    const stream = await open();
    expect([stream.statusCode, stream.headers['content-type'], stream.headers['cache-control']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store',
    ]);
    expect([stream.headers.connection, stream.headers['transfer-encoding']]).toEqual(['close', undefined]);
    const session = await stage.listener();
    expect(call(session, 1, '{\r\n"a":\n1.10,"b":"\\n"\r}')).toBe('handed');
    expect(call(session, 2, '"\u2028"')).toBe('handed');
    await untilReceived(stream, '"\u2028"}\n\n');
    expect(texts.get(stream)).toBe(
      ':\n\nevent: rpc\ndata: {"id":1,"method":"onMsg","params":{  "a": 1.10,"b":"\\n" }}\n\n' +
        'event: rpc\ndata: {"id":2,"method":"onMsg","params":"\u2028"}\n\n',
    );
    expect(session.isListening).toBe(true);
  });

  test('HTTP-13: has a comment every 15 s', async () => {
    const stream = await open();
    await stage.listener();
    await untilReceived(stream, ':\n\n');
    stage.host.timers.advance(45_000);
    await untilReceived(stream, ':\n\n'.repeat(4));
    expect(texts.get(stream)).toBe(':\n\n'.repeat(4));
  });

  test('HTTP-10: listens no more once its connection is gone', async () => {
    const stream = await open();
    const session = await stage.listener();
    stream.destroy();
    await eventually(() => session.closed === 1, 'the end of the session');
    expect(stage.transport.listeningCount).toBe(0);
  });

  const BODY = JSON.stringify('x'.repeat(50_000));

  /** Offers calls until the stream is full; yields how many it took. */
  function fill(session: FakeSession): number {
    for (let id = 0; id < 10_000; id++) if (call(session, id, BODY) === 'busy') return id;
    throw new Error('The stream takes everything');
  }

  test('HTTP-14: a device that reads nothing is busy, and gets the rest when it reads on', async () => {
    const stream = await stage.client.open('GET', STREAM);
    const session = await stage.listener();
    const taken = fill(session);
    let bytes = 0;
    let resumed = 0;
    session.onResume = () => void (resumed += 1);
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await eventually(() => resumed === 1, 'the resumption');
    expect(call(session, taken, BODY)).toBe('handed');
    await eventually(() => bytes > (taken + 1) * 50_000, 'the arrival of all calls');
  });

  test('HTTP-14: a device that takes nothing for too long is cut off', async () => {
    const stream = await stage.client.open('GET', STREAM);
    stream.on('error', () => undefined);
    const session = await stage.listener();
    fill(session);
    stage.host.timers.advance(9_999);
    expect(session.closed).toBe(0);
    stage.host.timers.advance(1);
    await eventually(() => session.closed === 1, 'the end of the session');
  });

  test('HTTP-15: of a device whose credentials are revoked ends', async () => {
    const stream = await open();
    const session = await stage.listener();
    const ended = once(stream, 'end');
    session.sink.close('CREDENTIALS_REVOKED');
    await ended;
    expect(session.closed).toBe(1);
  });
});
