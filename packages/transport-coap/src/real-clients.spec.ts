import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { rm, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, settle, type FakeSession } from '@device-messaging/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  Agent,
  globalAgent,
  globalAgentIPv6,
  request,
  type CoapRequestParams,
  type IncomingMessage,
  type ObserveReadStream,
} from 'coap';
import { serveUdp, type UdpServer } from './spec-support/coap-harness.js';
import { describeWithLibcoap, runLibcoap } from './spec-support/libcoap.js';
import { call, Stage } from './spec-support/stage.js';

/** 20 KB of JSON: the params of a call, a reply, an answer. */
const LARGE = JSON.stringify('0123456789'.repeat(2_000));
const LARGE_REQUEST = `{"method":"x","params":${LARGE}}`;

let stage: Stage;
let server: UdpServer;

beforeEach(async () => {
  stage = new Stage();
  server = await serveUdp(stage.transport);
});

afterEach(async () => {
  stage.transport.stop();
  expect(stage.host.timers.pending).toBe(0);
  await server.close();
});

/** Answers every request with its own payload, after its acknowledgement if it is to be slow. */
function echo({ isSlow = false } = {}): void {
  stage.host.onRequest = (session, { payload }) => {
    const answer = (): void => void session.answer(0, `{"echo":${payload}}`);
    if (!isSlow) answer();
    else void settle().then(() => (stage.advance(60), answer()));
  };
}

/** Calls an observer once it is there, a small call and a large one. */
async function callTwice(): Promise<FakeSession> {
  await eventually(() => stage.transport.observerCount === 1, 'an observation', 10_000);
  const { session } = stage;
  expect(call(session, 1, '{"a":1.10}')).toBe('unconfirmed');
  await eventually(() => session.confirmed.length === 1, 'the acknowledgement of a call', 10_000);
  expect(call(session, 2, LARGE)).toBe('unconfirmed');
  await eventually(() => session.confirmed.length === 2, 'the hand-over of a large call', 10_000);
  return session;
}

const SMALL_CALL = '{"id":1,"method":"onMsg","params":{"a":1.10}}';
const LARGE_CALL = `{"id":2,"method":"onMsg","params":${LARGE}}`;

describeWithLibcoap('libcoap’s client', () => {
  const url = (rest: string): string => `coap://127.0.0.1:${server.port}/${rest}`;
  const rpc = (): string => url('api/v1/token/rpc');

  test.each([[[]], [['-N']]])('COAP-42: asks and is answered at once %j', async (flags) => {
    echo();
    const { stdout } = await runLibcoap(...flags, '-m', 'post', '-t', '50', '-e', '{"method":"x"}', rpc());
    expect(stdout.trim()).toBe('{"echo":{"method":"x"}}');
  });

  test('COAP-42: asks and is answered later', async () => {
    echo({ isSlow: true });
    const { stdout } = await runLibcoap('-m', 'post', '-e', '{"method":"x"}', rpc());
    expect(stdout.trim()).toBe('{"echo":{"method":"x"}}');
  });

  test.each([[[]], [['-b', '128']], [['-b', '16']]])('COAP-42: sends and fetches 20 KB in blocks %j', async (flags) => {
    echo();
    const folder = await mkdtemp(join(tmpdir(), 'coap-'));
    try {
      const file = join(folder, 'request.json');
      await writeFile(file, LARGE_REQUEST);
      const { stdout } = await runLibcoap(...flags, '-m', 'post', '-f', file, rpc());
      expect(stdout.trim()).toBe(`{"echo":${LARGE_REQUEST}}`);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(stage.host.openSessions).toBe(0);
  });

  test('COAP-42: observes, fetches calls small and large, and takes its leave', async () => {
    const output = runLibcoap('-s', '2', '-m', 'get', rpc());
    const session = await callTwice();
    expect((await output).stdout.trim()).toBe(SMALL_CALL + LARGE_CALL);
    await eventually(() => session.closed === 1, 'the end of the observation');
  });

  test('COAP-42: replies, and learns what is wrong', async () => {
    await runLibcoap('-m', 'post', '-e', '{"reply":1}', url('api/v1/token/rpc/7'));
    expect(stage.session.replies).toEqual([[7, '{"reply":1}']]);
    const { stderr } = await runLibcoap('-m', 'get', url('api/v1/nobody/attributes'));
    expect(stderr).toContain('4.01');
    const { stdout } = await runLibcoap('-m', 'get', url('.well-known/core'));
    expect(stdout).toContain('</api/v1/TOKEN/rpc>');
  });
});

describe('node-coap', () => {
  let agent: Agent;
  let socket: Socket;

  beforeEach(async () => {
    // Of its own it would close its socket after each request, and end an observation from another port.
    socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    agent = new Agent({ type: 'udp4', socket });
  });

  afterEach(async () => {
    socket.close();
    await once(socket, 'close');
  });

  afterAll(() => {
    // These two opened sockets when they were imported.
    globalAgent.close();
    globalAgentIPv6.close();
  });

  /** The response to a request; when the client gives up, its error. */
  function send(params: CoapRequestParams, payload = ''): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const message = request({ hostname: '127.0.0.1', port: server.port, agent, ...params });
      message.on('response', resolve);
      message.on('error', reject);
      message.end(payload);
    });
  }

  const POST = { method: 'POST', pathname: '/api/v1/token/rpc' } as const;

  test.each([true, false])('COAP-42: asks and is answered: confirmable %s', async (confirmable) => {
    echo();
    const { code, payload } = await send({ ...POST, confirmable }, '{"method":"x"}');
    expect([code, payload.toString()]).toEqual(['2.05', '{"echo":{"method":"x"}}']);
  });

  test('COAP-42: asks and is answered later', async () => {
    echo({ isSlow: true });
    const { code, payload } = await send(POST, '{"method":"x"}');
    expect([code, payload.toString()]).toEqual(['2.05', '{"echo":{"method":"x"}}']);
  });

  test('COAP-42: sends and fetches 20 KB in blocks', async () => {
    echo();
    const block1 = Buffer.of(6);
    const { code, payload } = await send({ ...POST, options: { Block1: block1 } }, LARGE_REQUEST);
    expect([code, payload.toString()]).toEqual(['2.05', `{"echo":${LARGE_REQUEST}}`]);
  });

  test('COAP-42: observes, is called, and takes its leave', async () => {
    const stream = (await send({ pathname: '/api/v1/token/rpc', observe: true })) as ObserveReadStream;
    const received: string[] = [];
    stream.on('data', (chunk: Buffer) => received.push(chunk.toString()));
    const { session } = stage;
    for (const id of [1, 2]) {
      expect(call(session, id, '{"a":1.10}')).toBe('unconfirmed');
      await eventually(() => session.confirmed.includes(id), 'the acknowledgement of a call');
    }
    await eventually(() => received.filter((text) => text !== '').length === 2, 'the calls');
    expect(received.filter((text) => text !== '')[0]).toBe(SMALL_CALL);
    // It takes its leave when it is called the next time, with RST.
    stream.close();
    expect(call(session, 3)).toBe('unconfirmed');
    await eventually(() => session.closed === 1, 'the end of the observation');
    expect(session.failed).toEqual([3]);
  });
});
