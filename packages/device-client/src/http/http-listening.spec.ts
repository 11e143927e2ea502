import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { DeviceClientError } from '../device-client-error.js';
import { HttpPeer } from '../spec-support/http-peer.js';
import { LISTENING_TIMES, PollListening, StreamListening, type HttpListening } from './http-listening.js';
import { HttpRequests } from './http-requests.js';

let server: HttpPeer;
let requests: HttpRequests;
let listening: HttpListening | undefined;
let ended: Promise<DeviceClientError>;
let end: (reason: DeviceClientError) => void;
const calls: string[] = [];
const listener = {
  called: (message: string) => void calls.push(message),
  ended: (reason: DeviceClientError) => end(reason),
};

beforeEach(async () => {
  server = await HttpPeer.start();
  requests = new HttpRequests(new URL(server.url), 'A1', {});
  ended = new Promise((resolve) => (end = resolve));
  calls.length = 0;
});

afterEach(async () => {
  listening?.stop();
  requests.close();
  await server.stop();
});

describe('listening over HTTP', () => {
  test('a stream on which nothing comes for too long is lost; comments keep it', async () => {
    const comments = 5;
    let written = 0;
    let last = 0;
    server.onRequest = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(':\n\n');
      const timer = setInterval(() => {
        response.write(':\n\n');
        last = performance.now();
        if (++written === comments) clearInterval(timer);
      }, 100);
    };
    listening = new StreamListening(requests, listener, { ...LISTENING_TIMES, silenceMs: 400 });
    await listening.start();
    expect(await ended).toMatchObject({ code: 'lost', message: expect.stringContaining('for 400 ms') });
    expect(written).toBe(comments);
    // The last comment is written a little before it arrives.
    expect(performance.now() - last).toBeGreaterThan(350);
  });

  test('a poll that is not answered long after its time is lost, and its connection closed', async () => {
    const opened = new Promise<ServerResponse>((resolve) => {
      server.onRequest = (_request, response) => resolve(response);
    });
    listening = new PollListening(requests, listener, { ...LISTENING_TIMES, pollMs: 50, pollGraceMs: 50 });
    await listening.start();
    const poll = await opened;
    await once(poll, 'close');
    expect((await ended).name).toBe('DeviceClientError');
    expect(server.received[0]!.path).toBe('/api/v1/me/rpc?timeout=50');
  });

  test('polls that are over at once do not spin', async () => {
    const times: number[] = [];
    const third = new Promise<void>((resolve) => {
      server.onRequest = (_request, response) => {
        times.push(performance.now());
        response.writeHead(408).end();
        if (times.length === 3) resolve();
      };
    });
    listening = new PollListening(requests, listener, { ...LISTENING_TIMES, pauseMs: 200 });
    await listening.start();
    await third;
    expect(times[2]! - times[0]!).toBeGreaterThan(390);
  });
});
