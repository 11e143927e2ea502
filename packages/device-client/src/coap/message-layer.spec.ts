import { beforeEach, describe, expect, test } from '@jest/globals';
import { VirtualTimers } from '@device-messaging/testkit';
import { generate, parse, type ParsedPacket } from 'coap-packet';
import type { DeviceClientError } from '../device-client-error.js';
import { EXCHANGE_LIFETIME_MS, MessageLayer } from './message-layer.js';

let timers: VirtualTimers;
let sent: { readonly at: number; readonly message: ParsedPacket }[];
let failures: DeviceClientError[];
const start = Date.UTC(2017, 0, 1);
const user = { wants: () => true, take: () => undefined };

beforeEach(() => {
  timers = new VirtualTimers(start);
  sent = [];
  failures = [];
});

function layer(timeoutMs: number): MessageLayer {
  const link = { send: (datagram: Buffer) => void sent.push({ at: timers.now() - start, message: parse(datagram) }) };
  return new MessageLayer(link, timers, timeoutMs, user);
}

function acknowledge(messages: MessageLayer, messageId: number): void {
  messages.received(generate({ code: '0.00', messageId, ack: true }));
}

const send = (messages: MessageLayer): (() => void) => messages.send({ code: 'GET' }, (error) => failures.push(error));

describe('MessageLayer', () => {
  test('sends a message five times, twice as long apart each time, until it is given up', () => {
    const messages = layer(200_000);
    send(messages);
    timers.advance(200_000);
    expect(sent).toHaveLength(5);
    expect(new Set(sent.map(({ message }) => message.messageId)).size).toBe(1);
    const first = sent[1]!.at;
    expect(first).toBeGreaterThanOrEqual(2_000);
    expect(first).toBeLessThanOrEqual(3_000);
    expect(sent.map(({ at }) => Math.round(at))).toEqual([0, 1, 3, 7, 15].map((times) => Math.round(times * first)));
    expect(failures).toMatchObject([{ code: 'timeout' }]);
    expect([messages.unacknowledged, timers.pending]).toEqual([0, 0]);
  });

  test('gives up earlier when it may not take so long', () => {
    send(layer(5_000));
    timers.advance(4_999);
    expect(failures).toEqual([]);
    timers.advance(1);
    expect([failures.length, timers.pending]).toEqual([1, 0]);
    expect(sent).toHaveLength(2);
  });

  test('an acknowledgement, a reset and whoever sent it end the sending', () => {
    const messages = layer(10_000);
    send(messages);
    acknowledge(messages, sent[0]!.message.messageId);
    send(messages);
    messages.received(generate({ code: '0.00', messageId: sent[1]!.message.messageId, reset: true }));
    send(messages)();
    timers.advance(60_000);
    expect(sent).toHaveLength(3);
    expect(failures).toMatchObject([{ code: 'unexpected' }]);
    expect(timers.pending).toBe(0);
  });

  test('leaves no more than 16 without an acknowledgement; the next ones wait, or are taken back', () => {
    const messages = layer(10_000);
    const stops = Array.from({ length: 20 }, () => send(messages));
    expect(sent).toHaveLength(16);
    stops[16]!();
    acknowledge(messages, sent[0]!.message.messageId);
    acknowledge(messages, sent[1]!.message.messageId);
    expect(sent).toHaveLength(18);
    for (let index = 2; index < sent.length; index++) acknowledge(messages, sent[index]!.message.messageId);
    expect([sent.length, messages.unacknowledged]).toEqual([19, 0]);
  });

  test('uses no message id again within the time in which the server would take it for a copy', () => {
    const messages = layer(10_000);
    for (let count = 0; count < 65_536; count++) send(messages)();
    send(messages);
    expect(failures).toMatchObject([{ code: 'rate-limited' }]);
    timers.advance(EXCHANGE_LIFETIME_MS);
    send(messages)();
    expect([failures.length, sent.length]).toEqual([1, 65_537]);
  });

  test('takes a message id of the server for a copy for as long, and for news afterwards', () => {
    let taken = 0;
    const link = { send: () => undefined };
    const messages = new MessageLayer(link, timers, 1_000, { wants: () => true, take: () => void taken++ });
    const datagram = generate({ code: '2.05', messageId: 7, token: Buffer.from('t'), confirmable: false });
    messages.received(datagram);
    timers.advance(EXCHANGE_LIFETIME_MS - 1);
    messages.received(datagram);
    expect(taken).toBe(1);
    timers.advance(1);
    messages.received(datagram);
    expect(taken).toBe(2);
  });
});
