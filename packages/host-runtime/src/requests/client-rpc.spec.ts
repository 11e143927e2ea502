import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeviceRegistry } from '@device-messaging/host-api';
import { RpcError } from '@device-messaging/plugin-api';
import { settle, withFaults } from '@device-messaging/testkit';
import type { FakeLink } from '../spec-support/fake-link.js';
import { DEVICES, HostBench, NOTHING_ALIVE } from '../spec-support/host-bench.js';
import type { InMemoryRegistry } from '../registry/in-memory-registry.js';

const INTERNAL = '{"error":"Internal server error!"}';
const NO_RESPONSE =
  '{"error":"Rule filters match, message processed by plugin, but no response produced by rule action!"}';
const PLUGIN_TIMEOUT = '{"error":"Timeout during processing of message by plugin!"}';

let bench: HostBench;
let a1: FakeLink;

beforeEach(async () => {
  bench = await HostBench.start();
  a1 = bench.connect('a1');
});

afterEach(async () => {
  await bench.host.stop({ drainTimeoutMs: 0 });
  expect(bench.alive()).toEqual(NOTHING_ALIVE);
  expect(bench.timers.pending).toBe(0);
});

describe('client-side RPC', () => {
  test('RPC-1: a malformed request is answered as such and the session goes on', () => {
    const malformed = a1.askRaw('nonsense');
    expect(a1.answerTo(malformed)).toBe('{"error":"Invalid request: it is not JSON in UTF-8"}');
    expect(a1.kinds.get(malformed)).toBe('malformed');
    const wellFormed = a1.ask('echo', { text: 'hi' });
    expect(a1.answerTo(wellFormed)).toBe('"hi"');
    expect(a1.kinds.get(wellFormed)).toBe('answer');
  });

  test('RPC-1: an answer of a plugin that reads like the refusal of a malformed request is an answer', () => {
    bench.script.handle = () => ({ error: 'Invalid request: it is not JSON in UTF-8' });
    const ref = a1.ask('scripted');
    expect(a1.answerTo(ref)).toContain('Invalid request');
    expect(a1.kinds.get(ref)).toBe('answer');
  });

  test('RPC-15: over a limit: the answer is told apart for protocols that have a code for it', () => {
    bench.script.handle = () => {
      throw new RpcError('RATE_LIMIT_EXCEEDED');
    };
    const ref = a1.ask('scripted');
    expect([a1.answerTo(ref), a1.kinds.get(ref)]).toEqual(['{"error":"Rate limit exceeded!"}', 'rate-limited']);
  });

  test('RPC-6: a value, a promise and an observable answer; the first value of an observable counts', async () => {
    bench.script.handle = () => Promise.resolve({ later: true });
    const later = a1.ask('scripted');
    expect(a1.answerTo(a1.ask('stream', { text: '' }))).toBe('"first"');
    await settle();
    expect(a1.answerTo(later)).toBe('{"later":true}');
  });

  test('RPC-9: no answer of any form is told as such', async () => {
    bench.script.handle = () => undefined;
    const value = a1.ask('scripted');
    bench.script.handle = () => Promise.resolve(undefined);
    const promise = a1.ask('scripted');
    const stream = a1.ask('stream', { text: 'empty' });
    await settle();
    expect([value, promise, stream].map((ref) => a1.answerTo(ref))).toEqual([NO_RESPONSE, NO_RESPONSE, NO_RESPONSE]);
  });

  test('RPC-9: only RpcErrors are meant for the caller; the rest is logged with the plugin', async () => {
    expect(a1.answerTo(a1.ask('fail', { text: 'coded' }))).toBe('{"error":"Device is unassigned!"}');
    const now = a1.ask('fail', { text: 'now' });
    const later = a1.ask('fail', { text: 'later' });
    bench.script.handle = () => 10n;
    const unserialisable = a1.ask('scripted');
    await settle();
    expect([now, later, unserialisable].map((ref) => a1.answerTo(ref))).toEqual([INTERNAL, INTERNAL, INTERNAL]);
    const line = bench.logger.lines.find(({ message }) => message === 'A request failed');
    expect(line?.fields).toMatchObject({ deviceId: DEVICES.a1, method: 'fail', pluginId: expect.any(String) });
  });

  test('RPC-8, MSG-37: a handler has 10 s of its own', async () => {
    bench.script.handle = () => new Promise(() => undefined);
    const promise = a1.ask('scripted');
    const stream = a1.ask('stream', { text: 'never' });
    await bench.timers.advanceAsync(9_999);
    expect([promise, stream].map((ref) => a1.answerTo(ref))).toEqual([undefined, undefined]);
    await bench.timers.advanceAsync(11);
    expect([promise, stream].map((ref) => a1.answerTo(ref))).toEqual([PLUGIN_TIMEOUT, PLUGIN_TIMEOUT]);
  });

  test('RPC-8: while it waits for a device its own time stands still, and goes on afterwards', async () => {
    const a2 = bench.connect('a2', { listen: true });
    const ref = a1.ask('awaitCall', { to: DEVICES.a2, timeout: 50_000 });
    await bench.timers.advanceAsync(40_000);
    expect(a1.answerTo(ref)).toBeUndefined();
    a2.reply('1');
    await settle();
    expect(a1.answerTo(ref)).toBe('[1]');
  });

  test('RPC-7: messages of one device start in order while the plugin starts, others are not held up', async () => {
    let ready: () => void = () => undefined;
    bench.script.onStart = () => new Promise<void>((resolve) => (ready = resolve));
    const refs = ['1', '2', '3'].map((text) => a1.ask('echo', { text }));
    const other = bench.connect('a1');
    other.ask('echo', { text: '4' });
    expect(bench.script.begun).toEqual([]);
    ready();
    await settle();
    expect(bench.script.begun).toEqual(['1', '2', '3', '4']);
    expect(refs.map((ref) => a1.answerTo(ref))).toEqual(['"1"', '"2"', '"3"']);
    expect(bench.script.starts).toBe(1);
  });

  test('RPC-11: an answer that does not fit is replaced by one that says so', () => {
    a1.maxAnswerBytes = 80;
    expect(a1.answerTo(a1.ask('echo', { text: 'x'.repeat(100) }))).toBe(
      '{"error":"The message is too large for this connection!"}',
    );
    a1.maxAnswerBytes = 10;
    expect(a1.answerTo(a1.ask('echo', { text: 'x'.repeat(100) }))).toBeUndefined();
    expect(bench.host.control.statistics().droppedAnswers).toBe(1);
  });
});

describe('a registry that takes its time', () => {
  let held: (() => void)[] = [];

  /** Answers device rows only when the test lets it. */
  function slow(registry: InMemoryRegistry): DeviceRegistry {
    const reads: DeviceRegistry = registry;
    return withFaults(reads, {
      findDevice: (id) => new Promise((resolve) => held.push(() => resolve(registry.findDevice(id)))),
    });
  }

  let slowBench: HostBench;

  beforeEach(async () => {
    held = [];
    slowBench = await HostBench.start({ through: slow });
  });

  afterEach(async () => {
    await slowBench.host.stop({ drainTimeoutMs: 0 });
    expect(slowBench.alive()).toEqual(NOTHING_ALIVE);
  });

  test('RPC-7: order is kept', async () => {
    const link = slowBench.connect('a1');
    const refs = ['1', '2', '3'].map((text) => link.ask('echo', { text }));
    for (let turn = 0; turn < 3; turn++) {
      expect(held).toHaveLength(turn + 1);
      held[turn]!();
      await settle();
    }
    expect(slowBench.script.begun).toEqual(['1', '2', '3']);
    expect(refs.map((ref) => link.answerTo(ref))).toEqual(['"1"', '"2"', '"3"']);
  });

  test('RPC-12: one that hangs costs its callers 10 s, an honest answer, and nothing afterwards', async () => {
    const link = slowBench.connect('a1');
    const refs = ['1', '2'].map((text) => link.ask('echo', { text }));
    await slowBench.timers.advanceAsync(10_010);
    expect(refs.map((ref) => link.answerTo(ref))).toEqual([INTERNAL, INTERNAL]);
    held.forEach((release) => release());
    await settle();
    expect(slowBench.script.begun).toEqual([]);
    const next = link.ask('echo', { text: '3' });
    await settle();
    held.at(-1)!();
    await settle();
    expect(link.answerTo(next)).toBe('"3"');
  });
});

describe('a registry that fails', () => {
  const down = new Error('down');

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw down;
      },
    ],
    ['rejects', () => Promise.reject(down)],
  ])("one that %s is the host's own fault, and it recovers", async (_how, fail) => {
    let isDown = false;
    const failingBench = await HostBench.start({
      through: (registry) => {
        const reads: DeviceRegistry = registry;
        return withFaults(reads, {
          findDevice: (id) => (isDown ? fail() : registry.findDevice(id)),
          listRules: (tenantId) => (isDown ? fail() : registry.listRules(tenantId)),
        });
      },
    });
    const link = failingBench.connect('a1');
    isDown = true;
    const ref = link.ask('echo', { text: '1' });
    await settle();
    expect(link.answerTo(ref)).toBe(INTERNAL);
    isDown = false;
    expect(link.answerTo(link.ask('echo', { text: '2' }))).toBe('"2"');
    await failingBench.host.stop({ drainTimeoutMs: 0 });
    expect(failingBench.alive()).toEqual(NOTHING_ALIVE);
  });
});
