import { describe, expect, test } from '@jest/globals';
import type { AccessDecision, Awaitable } from '@device-messaging/plugin-api';
import { settle } from '@device-messaging/testkit';
import fc from 'fast-check';
import type { FakeLink } from '../spec-support/fake-link.js';
import { CUSTOMER_A, CUSTOMER_B, DEVICES, HostBench, NOTHING_ALIVE, PLUGIN } from '../spec-support/host-bench.js';

/** One thing that happens to a host; numbers choose among what is there at that moment. */
type Step =
  | { does: 'ask'; method: 'call' | 'awaitCall'; timeout: number; oneway: boolean; offline: 'wait' | 'fail' }
  | { does: 'reply' | 'confirm' | 'undeliver'; which: number; garbage: boolean }
  | { does: 'connect' | 'listen' | 'unlisten' | 'close' | 'resume'; which: number }
  | { does: 'delivery'; which: number; to: FakeLink['delivery'] }
  | { does: 'advance'; ms: number }
  | { does: 'hang' }
  | { does: 'settle' }
  | { does: 'assign'; home: boolean }
  | { does: 'suspend' | 'activate' | 'disable' | 'enable' };

const which = fc.nat(7);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('ask' as const),
      method: fc.constantFrom('call', 'awaitCall'),
      timeout: fc.constantFrom(100, 500, 2_000),
      oneway: fc.boolean(),
      offline: fc.constantFrom('wait', 'fail'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ does: fc.constantFrom('reply', 'confirm', 'undeliver'), which, garbage: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constantFrom('connect', 'listen', 'unlisten', 'close', 'resume'), which }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('delivery' as const),
      which,
      to: fc.constantFrom('handed', 'unconfirmed', 'busy', 'too-large'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('advance' as const), ms: fc.constantFrom(1, 50, 100, 400) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('hang' as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('assign' as const), home: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('suspend', 'activate', 'disable', 'enable') }) },
);

/** A host under random fire: one caller that stays, a target that comes and goes. */
class Scenario {
  private readonly links: FakeLink[] = [];
  private readonly handed = new Map<FakeLink, Set<number>>();
  private readonly refs: { ref: number; deadline: number }[] = [];

  constructor(
    private readonly bench: HostBench,
    private readonly caller: FakeLink,
  ) {}

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      await this.take(one);
      this.checkDeadlines();
    }
    await this.bench.timers.advanceAsync(20_000);
    for (const { ref } of this.refs) expect(this.caller.answerTo(ref)).toBeDefined();
    expect(this.bench.alive()).toMatchObject({ requests: 0, pendingCalls: 0, waitingCalls: 0, deadlines: 0 });
  }

  private async take(one: Step): Promise<void> {
    switch (one.does) {
      case 'ask':
        return this.ask(one);
      case 'hang':
        // RPC-8: its handler never answers, so its own time is the deadline.
        this.refs.push({ ref: this.caller.ask('scripted'), deadline: this.bench.timers.now() + 10_000 });
        return;
      case 'settle':
        return settle();
      case 'advance':
        return this.bench.timers.advanceAsync(one.ms);
      case 'connect':
        return this.connect();
      case 'assign':
        this.bench.registry.assignDevice(DEVICES.a2, one.home ? CUSTOMER_A : CUSTOMER_B);
        return;
      case 'suspend':
      case 'activate':
        this.bench.registry.updatePlugin(PLUGIN, { state: one.does === 'suspend' ? 'SUSPENDED' : 'ACTIVE' });
        return;
      case 'disable':
      case 'enable':
        this.bench.registry.putCustomerSettings(PLUGIN, CUSTOMER_A, {
          enabled: one.does === 'enable',
          configuration: {},
        });
        return;
      default:
        return this.onLink(one);
    }
  }

  private ask(one: Extract<Step, { does: 'ask' }>): void {
    const { method, timeout, oneway, offline } = one;
    const ref = this.caller.ask(method, { to: DEVICES.a2, timeout, oneway, offline });
    this.refs.push({ ref, deadline: this.bench.timers.now() + timeout });
  }

  private connect(): void {
    const link = this.bench.connect('a2', { listen: true });
    this.watch(link);
    this.links.push(link);
  }

  /** CALL-1, CALL-2, CALL-4: at most once to a session, unless it certainly failed there; never at the deadline. */
  private watch(link: FakeLink): void {
    const ids = new Set<number>();
    this.handed.set(link, ids);
    link.onCall = (call) => {
      expect(ids.has(call.id)).toBe(false);
      ids.add(call.id);
      expect(this.bench.timers.now()).toBeLessThan(call.deadline);
    };
    for (const { id } of link.calls) ids.add(id);
  }

  private onLink(one: { does: string; which: number; garbage?: boolean; to?: FakeLink['delivery'] }): void {
    const link = this.links[one.which % Math.max(1, this.links.length)];
    if (link === undefined) return;
    const call = link.calls[one.which % Math.max(1, link.calls.length)];
    if (one.does === 'delivery') link.delivery = one.to!;
    else if (one.does === 'listen') link.session.listen();
    else if (one.does === 'unlisten') link.session.unlisten();
    else if (one.does === 'close') link.session.close();
    else if (one.does === 'resume') this.resume(link);
    else if (call === undefined) return;
    else if (one.does === 'reply') link.session.reply(call.id, Buffer.from(one.garbage === true ? '{' : '{"ok":1}'));
    else if (one.does === 'confirm') link.session.confirm(call.id);
    else this.undeliver(link, call.id);
  }

  private resume(link: FakeLink): void {
    if (link.delivery === 'busy') link.delivery = 'handed';
    link.session.resume();
  }

  /** A transport says "certainly not delivered" only of what it called unconfirmed. */
  private undeliver(link: FakeLink, id: number): void {
    if (link.delivery !== 'unconfirmed') return;
    this.handed.get(link)!.delete(id);
    link.session.fail(id);
  }

  /** RPC-6: answered at most once (answerTo throws otherwise), and by the deadline plus 1 s. */
  private checkDeadlines(): void {
    const now = this.bench.timers.now();
    for (const { ref, deadline } of this.refs) {
      const answer = this.caller.answerTo(ref);
      if (now > deadline + 1_000) expect(answer).toBeDefined();
    }
  }
}

type Rule = (allowed: boolean) => Awaitable<AccessDecision>;
const rules: Record<string, Rule> = {
  synchronous: (allowed) => (allowed ? { allowed } : { allowed, reason: 'other customer' }),
  asynchronous: (allowed) => Promise.resolve(allowed ? { allowed } : { allowed, reason: 'other customer' }),
};

describe('any interleaving of replies, disconnects, changes and deadlines', () => {
  test.each(Object.keys(rules))(
    'RPC-6, RPC-8, CALL-1, CALL-2, CALL-4, CALL-17: gives one answer each (%s rule)',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const bench = await HostBench.start();
          bench.script.authorize = (caller, target) => rules[kind]!(caller.customerId === target.customerId);
          bench.script.handle = () => new Promise(() => undefined);
          await new Scenario(bench, bench.connect('a1')).run(steps);
          await bench.host.stop({ drainTimeoutMs: 0 });
          expect(bench.alive()).toEqual(NOTHING_ALIVE);
          expect(bench.timers.pending).toBe(0);
        }),
        { numRuns: 150 },
      );
    },
  );
});
