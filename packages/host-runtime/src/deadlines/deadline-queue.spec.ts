import { describe, expect, test } from '@jest/globals';
import { VirtualTimers } from '@device-messaging/testkit';
import fc from 'fast-check';
import { DeadlineQueue, Expirable } from './deadline-queue.js';

class Entry extends Expirable {
  constructor(
    readonly deadline: number,
    private readonly onExpire: (entry: Entry) => void,
  ) {
    super();
  }

  expire(): void {
    this.onExpire(this);
  }
}

describe('DeadlineQueue', () => {
  test('every entry that is not cleared expires once, not early, and at most a tick late', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ delay: fc.nat(500), clearedAt: fc.option(fc.nat(500)) }), { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }),
        (plan, steps) => {
          const timers = new VirtualTimers();
          const queue = new DeadlineQueue(timers);
          const start = timers.now();
          const expired = new Map<Entry, number>();
          const entries = plan.map(
            ({ delay }) =>
              new Entry(start + delay, (entry) => {
                expect(expired.has(entry)).toBe(false);
                expired.set(entry, timers.now());
              }),
          );
          entries.forEach((entry) => queue.set(entry, entry.deadline));
          plan.forEach(({ clearedAt }, index) => {
            if (clearedAt !== null) timers.after(clearedAt, () => queue.clear(entries[index]!));
          });
          steps.forEach((step) => timers.advance(step));
          timers.advance(1000);
          entries.forEach((entry, index) => {
            const at = expired.get(entry);
            const clearedAt = plan[index]!.clearedAt;
            if (clearedAt === null || clearedAt >= plan[index]!.delay + 10) expect(at).toBeDefined();
            if (clearedAt !== null && clearedAt < plan[index]!.delay) expect(at).toBeUndefined();
            if (at !== undefined) {
              expect(at).toBeGreaterThanOrEqual(entry.deadline);
              expect(at - entry.deadline).toBeLessThanOrEqual(10);
            }
          });
          expect(queue.size).toBe(0);
        },
      ),
    );
  });

  test('what expires may set and clear deadlines', () => {
    const timers = new VirtualTimers();
    const queue = new DeadlineQueue(timers);
    const order: string[] = [];
    const second = new Entry(0, () => order.push('second'));
    const third = new Entry(0, () => order.push('third'));
    const first = new Entry(0, () => {
      order.push('first');
      queue.clear(second);
      queue.set(third, timers.now() + 5);
    });
    queue.set(first, timers.now() + 20);
    queue.set(second, timers.now() + 20);
    timers.advance(100);
    expect(order).toEqual(['first', 'third']);
    expect(timers.pending).toBe(0);
  });

  test('a later deadline replaces an earlier one of the same entry', () => {
    const timers = new VirtualTimers();
    const queue = new DeadlineQueue(timers);
    const expired: number[] = [];
    const entry = new Entry(0, () => expired.push(timers.now()));
    const start = timers.now();
    queue.set(entry, start + 10);
    queue.set(entry, start + 100);
    timers.advance(1000);
    expect(expired.map((at) => at - start)).toEqual([100]);
  });

  test('once closed, nothing expires and no timer is left', () => {
    const timers = new VirtualTimers();
    const queue = new DeadlineQueue(timers);
    queue.set(new Entry(0, () => expect(true).toBe(false)), timers.now() + 10);
    queue.close();
    timers.advance(1000);
    expect(timers.pending).toBe(0);
  });
});
