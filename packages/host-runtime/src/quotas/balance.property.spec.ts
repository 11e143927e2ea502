import type { Quotas } from '@device-messaging/host-api';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FakeLink } from '../spec-support/fake-link.js';
import {
  CUSTOMER_A,
  CUSTOMER_B,
  DEVICES,
  HostBench,
  NOTHING_ALIVE,
  TENANT,
  type DeviceName,
} from '../spec-support/host-bench.js';

const NAMES: readonly DeviceName[] = ['a1', 'a2', 'a3', 'b1', 'free'];
const SUBJECTS = [
  ...NAMES.map((name) => ({ kind: 'device', id: DEVICES[name] }) as const),
  { kind: 'customer', id: CUSTOMER_A },
  { kind: 'customer', id: CUSTOMER_B },
  { kind: 'tenant', id: TENANT },
] as const;

const name = fc.constantFrom(...NAMES);
const bound = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
const quotas = fc.record({
  messagesPerSecond: bound,
  messagesInFlight: bound,
  waitingMessages: bound,
  connections: bound,
});
const step = fc.oneof(
  fc.record({ do: fc.constant('connect' as const), name, clientId: fc.constantFrom('', 'x', 'y') }),
  fc.record({ do: fc.constant('close' as const), index: fc.nat(20) }),
  fc.record({ do: fc.constant('call' as const), index: fc.nat(20), to: name, oneway: fc.boolean() }),
  fc.record({ do: fc.constant('reply' as const), index: fc.nat(20) }),
  fc.record({ do: fc.constant('listen' as const), index: fc.nat(20) }),
  fc.record({ do: fc.constant('assign' as const), name, to: fc.constantFrom(CUSTOMER_A, CUSTOMER_B, undefined) }),
  fc.record({ do: fc.constant('limit' as const), subject: fc.constantFrom(...SUBJECTS), quotas }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(10, 400, 1_100) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

class Traffic {
  private readonly links: FakeLink[] = [];

  constructor(private readonly bench: HostBench) {}

  take(step: Step): void {
    const { registry, timers } = this.bench;
    const link = 'index' in step ? this.links[step.index % Math.max(1, this.links.length)] : undefined;
    if (step.do === 'connect') this.connect(step.name, step.clientId);
    else if (step.do === 'close') link?.session.close();
    else if (step.do === 'call') link?.ask('call', { to: DEVICES[step.to], oneway: step.oneway, timeout: 500 });
    else if (step.do === 'reply' && link !== undefined) for (const { id } of link.calls.slice(-2)) link.reply('1', id);
    else if (step.do === 'listen') link?.session.listen();
    else if (step.do === 'assign') registry.assignDevice(DEVICES[step.name], step.to);
    else if (step.do === 'limit') registry.putQuotas(step.subject, withoutUndefined(step.quotas));
    else if (step.do === 'wait') timers.advance(step.ms);
  }

  end(): void {
    this.bench.timers.advance(2_000);
    for (const { session } of this.links) session.close();
  }

  private connect(device: DeviceName, clientId: string): void {
    try {
      this.links.push(this.bench.connect(device, { clientId }));
    } catch (error) {
      if ((error as Error).name !== 'OverQuotaError') throw error;
    }
  }
}

function withoutUndefined(given: Record<string, number | undefined>): Quotas {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** With room for one of each, there is room for one of each: nothing that is over is still counted. */
function expectNothingCounted(bench: HostBench): void {
  const { registry, timers } = bench;
  const one = { messagesPerSecond: 1, messagesInFlight: 1, waitingMessages: 1, connections: 1 };
  for (const subject of SUBJECTS) registry.putQuotas(subject, one);
  timers.advance(1_000);
  for (const device of NAMES) {
    const link = bench.connect(device);
    const ref = link.ask('call', { to: DEVICES.foreign });
    expect(link.answerTo(ref)).toBe('{"error":"Target device not found!"}');
    link.session.close();
    timers.advance(1_000);
  }
  registry.assignDevice(DEVICES.a1, CUSTOMER_A);
  registry.assignDevice(DEVICES.a2, CUSTOMER_A);
  const waiting = bench.connect('a1');
  const ref = waiting.ask('call', { to: DEVICES.a2, timeout: 500 });
  expect(waiting.answerTo(ref)).toBeUndefined();
  timers.advance(1_000);
  expect(waiting.answerTo(ref)).toBe('{"error":"No active connection to the remote device!"}');
  waiting.session.close();
}

describe('what is counted', () => {
  test('QTA-13: whatever happens, in whatever order, nothing is counted any more when it is over', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const bench = await HostBench.start();
        const traffic = new Traffic(bench);
        for (const each of steps) traffic.take(each);
        traffic.end();
        expect(bench.alive()).toEqual(NOTHING_ALIVE);
        expectNothingCounted(bench);
        await bench.host.stop({ drainTimeoutMs: 0 });
      }),
      { numRuns: 200 },
    );
  });
});
