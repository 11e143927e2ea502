import type { Timers } from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import assert from 'node:assert/strict';
import type { ContractRule } from '../contract/contract-rule.js';
import { describeContract } from '../contract/describe-contract.js';

/** Timers, and how their time passes. */
export interface TimersSubject {
  readonly timers: Timers;
  /** Lets at least `ms` pass, and runs what is due. */
  pass(ms: number): Awaitable<void>;
}

/** The rules of `docs/spec/timers.md`. */
export const TIMERS_RULES: readonly ContractRule<TimersSubject>[] = [
  {
    rule: 'TIM-1',
    title: 'runs a timer once, not before its delay has passed',
    async run({ timers, pass }) {
      const start = timers.now();
      const ran: number[] = [];
      timers.after(20, () => ran.push(timers.now() - start));
      await pass(40);
      await pass(40);
      assert.equal(ran.length, 1);
      // The clock counts whole ms, the delay may have begun within one.
      assert.ok(ran[0]! >= 19, `it ran after ${ran[0]} ms instead of 20`);
    },
  },
  {
    rule: 'TIM-2',
    title: 'never runs a cancelled timer; cancelling one that has run does nothing',
    async run({ timers, pass }) {
      let ran = 0;
      const cancel = timers.after(5, () => ran++);
      const cancelRun = timers.after(0, () => ran++);
      cancel();
      cancel();
      await pass(20);
      cancelRun();
      assert.equal(ran, 1);
    },
  },
  {
    rule: 'TIM-3',
    title: 'runs nothing within the call that arms it, however short the delay',
    async run({ timers, pass }) {
      const ran: string[] = [];
      const arm = (name: string, delayMs: number): void => {
        timers.after(delayMs, () => ran.push(name));
        assert.ok(!ran.includes(name), 'a timer ran before after() returned');
      };
      arm('none', 0);
      arm('negative', -5);
      await pass(20);
      assert.deepEqual(new Set(ran), new Set(['none', 'negative']));
    },
  },
  {
    rule: 'TIM-4',
    title: 'waits for delays of any length: more than 2^31 ms are not cut',
    async run({ timers, pass }) {
      let ran = 0;
      const cancels = [2 ** 31, 2 ** 33, Number.MAX_SAFE_INTEGER].map((delay) => timers.after(delay, () => ran++));
      await pass(20);
      for (const cancel of cancels) cancel();
      assert.equal(ran, 0);
    },
  },
];

/** Declares the tests of a {@link Timers}. */
export function describeTimersContract(name: string, create: () => Awaitable<TimersSubject>): void {
  describeContract(name, TIMERS_RULES, { create });
}
