import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { Agent, createServer, request, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Problem } from '../problem/problem.js';
import { StreamedBody } from './streamed-body.js';

/** More than what sockets and streams take in by themselves. */
const LARGE = Buffer.alloc(8 * 1_024 * 1_024, 'x');
const REQUEST_TIMEOUT_MS = 300;
const PATIENCE_MS = 1_000;

describe('LIVE-7: a streamed body', () => {
  let server: Server;
  let agent: Agent;
  let sockets: Set<Socket>;
  /** How many bytes are read before the request is answered with their number. */
  let most = Number.POSITIVE_INFINITY;

  beforeEach(async () => {
    most = Number.POSITIVE_INFINITY;
    sockets = new Set();
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const options = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: 200, connectionsCheckingInterval: 50 };
    server = createServer(options, (incoming, response) => {
      const body = new StreamedBody(incoming, PATIENCE_MS);
      void read(body).then((outcome) => {
        body.discard();
        response.end(outcome);
      });
    });
    server.on('connection', (socket) => sockets.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  });

  async function read(body: StreamedBody): Promise<string> {
    let bytes = 0;
    try {
      for await (const piece of body) {
        bytes += piece.length;
        if (bytes >= most) return 'enough';
      }
      return String(bytes);
    } catch (error) {
      return error instanceof Problem ? String(error.status) : 'gone';
    }
  }

  function begin(): ClientRequest {
    const { port } = server.address() as AddressInfo;
    return request({ port, host: '127.0.0.1', method: 'POST', agent });
  }

  async function answerTo(sent: ClientRequest): Promise<string> {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const piece of response) text += String(piece);
    return text;
  }

  test('that is not read to its end leaves its connection to the next request', async () => {
    most = 1;
    for (let count = 0; count < 3; count++) expect(await answerTo(begin().end(LARGE))).toBe('enough');
    most = Number.POSITIVE_INFINITY;
    expect(await answerTo(begin().end(LARGE))).toBe(String(LARGE.length));
    expect(sockets.size).toBe(1);
  });

  test('may take longer than the request timeout, as long as it goes on', async () => {
    const sent = begin();
    const answer = answerTo(sent);
    for (let count = 0; count < 5; count++) {
      sent.write('piece');
      await new Promise((resolve) => setTimeout(resolve, REQUEST_TIMEOUT_MS / 2));
    }
    sent.end();
    expect(await answer).toBe('25');
  });

  test('of which nothing more comes is given up', async () => {
    const sent = begin();
    sent.write('piece');
    expect(await answerTo(sent)).toBe('408');
    const [closed] = await Promise.all([once(sent, 'close'), ...[...sockets].map((socket) => once(socket, 'close'))]);
    expect(closed).toBeDefined();
  });

  test('whose client goes away ends with an error', async () => {
    const sent = begin();
    sent.on('error', () => undefined);
    sent.write('piece');
    const [incoming] = (await once(server, 'request')) as [IncomingMessage];
    const ended = read(new StreamedBody(incoming, PATIENCE_MS));
    sent.destroy();
    expect(await ended).toBe('gone');
  });
});
