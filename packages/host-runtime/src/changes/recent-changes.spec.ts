import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RecentChanges } from './recent-changes.js';

const REMEMBERED = 4;

describe('RecentChanges', () => {
  test('misses no change, remembers so many whatever else is changed, and is bounded', () => {
    const id = fc.nat(12).map(String);
    const step = fc.oneof(fc.record({ add: id }), fc.record({ ask: id, since: fc.nat(40) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const changes = new RecentChanges(REMEMBERED);
        const all: string[] = [];
        for (const done of steps) {
          if ('add' in done) {
            changes.add(done.add);
            all.push(done.add);
            continue;
          }
          const since = Math.min(done.since, changes.now());
          const isTrue = all.slice(since).includes(done.ask);
          const answer = changes.hasChanged(done.ask, since);
          if (isTrue) expect(answer).toBe(true);
          // What is that recent is told apart.
          if (all.length - since <= REMEMBERED) expect(answer).toBe(isTrue);
        }
        expect(changes.now()).toBe(all.length);
        expect(changes.size).toBeLessThanOrEqual(2 * REMEMBERED);
      }),
      { numRuns: 500 },
    );
  });

  test('of a storm over many rows keeps no more than its bound', () => {
    const changes = new RecentChanges();
    const before = changes.now();
    for (let index = 0; index < 100_000; index++) changes.add(`device ${index}`);
    expect(changes.size).toBeLessThanOrEqual(2 * 4_096);
    expect(changes.hasChanged('somebody else', changes.now() - 4_000)).toBe(false);
    expect(changes.hasChanged('somebody else', before)).toBe(true);
  });
});
