import { describe, expect, test } from '@jest/globals';
import { BROKEN_TIMERS } from '../broken/broken-timers.js';
import { findBrokenRules } from '../contract/contract-rule.js';
import { describeTimersContract, TIMERS_RULES, type TimersSubject } from '../timers-contract/timers-contract.js';
import { VirtualTimers } from './virtual-timers.js';

function subject(): TimersSubject {
  const timers = new VirtualTimers();
  return { timers, pass: (ms) => timers.advance(ms) };
}

describeTimersContract('VirtualTimers', subject);

describe('the timers contract', () => {
  test.each(BROKEN_TIMERS)('$breaks finds timers that $fault', async ({ breaks, spoil }) => {
    const broken = await findBrokenRules(TIMERS_RULES, { create: () => spoil(subject()) });
    expect(broken.map(({ rule }) => rule)).toEqual([breaks]);
  });

  test('has broken timers for every rule', () => {
    expect(BROKEN_TIMERS.map(({ breaks }) => breaks)).toEqual(TIMERS_RULES.map(({ rule }) => rule));
  });
});

describe('VirtualTimers', () => {
  test('run what is due in order of time, then of creation, each at its own time', () => {
    const timers = new VirtualTimers(1_000);
    const ran: [string, number][] = [];
    const note = (name: string) => () => void ran.push([name, timers.now()]);
    timers.after(30, note('late'));
    timers.after(10, note('early'));
    timers.after(30, note('late too'));
    timers.after(10, () => timers.after(5, note('armed meanwhile')));
    timers.advance(30);
    expect(ran).toEqual([
      ['early', 1_010],
      ['armed meanwhile', 1_015],
      ['late', 1_030],
      ['late too', 1_030],
    ]);
  });

  test('count what is pending', () => {
    const timers = new VirtualTimers();
    const cancel = timers.after(10, () => undefined);
    timers.after(20, () => undefined);
    expect(timers.pending).toBe(2);
    cancel();
    cancel();
    expect(timers.pending).toBe(1);
    timers.advance(20);
    expect(timers.pending).toBe(0);
  });

  test('let promises settle between timers when asked to', async () => {
    const timers = new VirtualTimers(0);
    const ran: number[] = [];
    timers.after(10, () => {
      void Promise.resolve().then(() => timers.after(10, () => ran.push(timers.now())));
    });
    timers.after(30, () => ran.push(timers.now()));
    await timers.advanceAsync(40);
    expect(ran).toEqual([20, 30]);
    expect(timers.now()).toBe(40);
  });

  test('stop at the timer that throws, and go on from there', () => {
    const timers = new VirtualTimers(0);
    let ran = 0;
    timers.after(10, () => {
      throw new Error('thrown by a timer');
    });
    timers.after(20, () => ran++);
    expect(() => timers.advance(30)).toThrow('thrown by a timer');
    expect([timers.now(), ran]).toEqual([10, 0]);
    timers.advance(10);
    expect(ran).toBe(1);
  });

  test('refuse to turn time back', () => {
    expect(() => new VirtualTimers().advance(-1)).toThrow(
      'Time moves forward only: advance by 0 ms or more, not by -1',
    );
  });
});
