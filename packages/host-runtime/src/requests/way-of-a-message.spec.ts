import { createHook } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { JsonScanner } from '../json/json-scanner.js';
import type { FakeLink } from '../spec-support/fake-link.js';
import { DEVICES, HostBench } from '../spec-support/host-bench.js';

/** What was made and called meanwhile. */
interface Counts {
  scans: number;
  parsed: number;
  stringified: number;
  promises: number;
}

/** Counted, not timed: a clock tells something else on every machine. */
function count(run: () => void): Counts {
  const counts = { scans: 0, parsed: 0, stringified: 0, promises: 0 };
  const hook = createHook({ init: (_id, type) => void (type === 'PROMISE' && counts.promises++) }).enable();
  const scan = jest.spyOn(JsonScanner.prototype, 'scan');
  const parse = jest.spyOn(JSON, 'parse');
  const stringify = jest.spyOn(JSON, 'stringify');
  try {
    run();
    counts.scans = scan.mock.calls.length;
    counts.parsed = parse.mock.calls.length;
    counts.stringified = stringify.mock.calls.length;
    return counts;
  } finally {
    hook.disable();
    jest.restoreAllMocks();
  }
}

describe('the way of a message', () => {
  let bench: HostBench;
  let a1: FakeLink;
  let a2: FakeLink;

  beforeEach(async () => {
    bench = await HostBench.start();
    a1 = bench.connect('a1');
    a2 = bench.connect('a2', { listen: true });
    // The first message loads the tenant and starts the plugin.
    roundTrip(request);
  });

  afterEach(async () => {
    await bench.host.stop({ drainTimeoutMs: 0 });
  });

  const request = `{"method":"call","params":{"to":"${DEVICES.a2}","body":{"a":[1.10]}}}`;

  function roundTrip(text: string): void {
    const ref = a1.askRaw(text);
    a2.reply('{"status":"ok"}');
    expect(a1.answerTo(ref)).toBe('{"status":"ok"}');
  }

  test('RPC-14: request and reply are scanned once each, nothing is parsed or serialised, and no promise is made', () => {
    expect(count(() => roundTrip(request))).toEqual({ scans: 2, parsed: 0, stringified: 0, promises: 0 });
  });

  test('RPC-14: what is escaped, and what is no text, is parsed alone', () => {
    const escaped = request.replace('"to"', '"t\\u006f"').replace('"body"', '"timeout":1e3,"body"');
    // The name `to`, looked at against each member's name, and the number.
    const { scans, parsed } = count(() => roundTrip(escaped));
    expect(scans).toBe(2);
    expect(parsed).toBeGreaterThan(0);
    expect(parsed).toBeLessThan(10);
  });

  test('RPC-14: a message that waited is scanned once more at most', () => {
    const held = bench.connect('a3');
    const counts = count(() => {
      const ref = a1.askRaw(request.replace(DEVICES.a2, DEVICES.a3));
      held.session.listen();
      held.reply('1');
      expect(a1.answerTo(ref)).toBe('1');
    });
    expect(counts.scans).toBeLessThanOrEqual(3);
    expect(counts).toMatchObject({ parsed: 0, stringified: 0, promises: 0 });
  });
});
