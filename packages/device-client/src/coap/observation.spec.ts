import { beforeEach, describe, expect, test } from '@jest/globals';
import { settle, VirtualTimers } from '@device-messaging/testkit';
import { generate, parse, type ParsedPacket } from 'coap-packet';
import type { DeviceClientError } from '../device-client-error.js';
import { Ending } from '../ending.js';
import { optionOf } from './coap-options.js';
import { CoapRequests } from './coap-requests.js';
import { MessageLayer } from './message-layer.js';
import { Observation } from './observation.js';
import { refusalOf } from './refusal.js';

const OBSERVE = { name: 'Observe', value: Buffer.from([1]) } as const;

let timers: VirtualTimers;
let sent: ParsedPacket[];
let ends: DeviceClientError[];
let layer: MessageLayer;
let observation: Observation;

beforeEach(() => {
  timers = new VirtualTimers();
  [sent, ends] = [[], []];
  const requests = new CoapRequests(new Ending(), 1_000, {
    wants: (response) => observation.wants(response),
    ignores: (response) => observation.ignores(response),
    take: (response) => observation.take(response),
  });
  layer = new MessageLayer({ send: (datagram) => void sent.push(parse(datagram)) }, timers, 10_000, requests);
  requests.use(layer);
  const listener = { called: () => undefined, ended: (reason: DeviceClientError) => void ends.push(reason) };
  observation = new Observation(requests, { method: 'GET', path: ['rpc'] }, timers, listener, (response) =>
    refusalOf('there', response),
  );
});

/** Answers what was sent last. */
async function answer(code: string, ...options: (typeof OBSERVE)[]): Promise<void> {
  const { messageId, token } = sent.at(-1)!;
  layer.received(generate({ code, messageId, token, ack: true, options }));
  await settle();
}

async function start(): Promise<void> {
  const started = observation.start();
  await answer('2.05', OBSERVE);
  await started;
}

describe('Observation', () => {
  test('registers anew every 25 s, with the same token, as long as it lasts', async () => {
    await start();
    for (let times = 1; times <= 3; times++) {
      await timers.advanceAsync(25_000);
      expect(sent).toHaveLength(times + 1);
      await answer('2.05', OBSERVE);
    }
    expect(new Set(sent.map(({ token }) => token.toString('hex'))).size).toBe(1);
    expect(sent.map((request) => optionOf(request, 'Observe'))).toEqual(sent.map(() => Buffer.alloc(0)));
    observation.over();
    await timers.advanceAsync(100_000);
    expect([sent.length, timers.pending]).toEqual([4, 0]);
  });

  test.each([
    ['4.01', 'token-refused'],
    ['5.03', 'unavailable'],
    ['2.05', 'unexpected'],
  ])('ends when it is answered with %s without Observe then', async (code, expected) => {
    await start();
    await timers.advanceAsync(25_000);
    await answer(code);
    expect(ends).toMatchObject([{ code: expected }]);
    expect(timers.pending).toBe(0);
  });

  test('ends when the server is not there any more', async () => {
    await start();
    await timers.advanceAsync(35_000);
    expect(ends).toMatchObject([{ code: 'timeout' }]);
  });
});
