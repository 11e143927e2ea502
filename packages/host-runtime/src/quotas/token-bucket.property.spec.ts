import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';

const rates = fc.oneof(
  fc.double({ min: 0.001, max: 1, noNaN: true }),
  fc.double({ min: 1, max: 100_000, noNaN: true }),
  fc.integer({ min: 1, max: 1000 }),
);
/** Pauses between messages, ms: bursts, whole ticks, hours. */
const pauses = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 7_200_000 })),
  {
    maxLength: 300,
  },
);
const START = 1_800_000_000_000;

function taken(bucket: TokenBucket, now: number): boolean {
  const has = bucket.has(now);
  if (has) bucket.take();
  return has;
}

describe('TokenBucket', () => {
  test('QTA-2: in no span of time do more messages pass than rate × time and what the bucket holds', () => {
    fc.assert(
      fc.property(rates, pauses, (rate, waits) => {
        const bucket = new TokenBucket(rate, START);
        const passed: number[] = [];
        let now = START;
        for (const wait of waits) {
          now += wait;
          if (taken(bucket, now)) passed.push(now);
        }
        for (let from = 0; from < passed.length; from++) {
          for (let to = from; to < passed.length; to++) {
            const seconds = (passed[to]! - passed[from]!) / 1000;
            expect(to - from + 1).toBeLessThanOrEqual(rate * seconds + Math.max(1, rate) + 1e-6 * (to - from + 1));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('QTA-2: whoever stays within the rate is never refused', () => {
    fc.assert(
      fc.property(rates, fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 500 }), (rate, extras) => {
        const bucket = new TokenBucket(rate, START);
        const pause = Math.ceil(1000 / rate);
        let now = START;
        for (const extra of extras) {
          expect(taken(bucket, now)).toBe(true);
          now += pause + extra;
        }
      }),
    );
  });

  test('QTA-2: what is refused is not put off: a flood gets its rate, whatever it tries beside', () => {
    const bucket = new TokenBucket(10, START);
    let passed = 0;
    for (let now = START; now < START + 60_000; now++) if (taken(bucket, now)) passed++;
    expect(passed).toBe(10 + 599);
  });

  test('QTA-16: whoever waits as long as it says gets a token, and nobody gets one before', () => {
    fc.assert(
      fc.property(rates, pauses, (rate, waits) => {
        const bucket = new TokenBucket(rate, START);
        let now = START;
        for (const wait of waits) {
          now += wait;
          if (taken(bucket, now)) continue;
          const ms = bucket.msUntilToken(now);
          expect(ms).toBeGreaterThan(0);
          expect(bucket.has(now + Math.max(0, Math.ceil(ms - 1e-3) - 1))).toBe(false);
          now += Math.ceil(ms);
          expect(taken(bucket, now)).toBe(true);
        }
      }),
    );
    expect(new TokenBucket(0, START).msUntilToken(START)).toBe(Number.POSITIVE_INFINITY);
  });

  test('QTA-2: a bucket with the rate 0 has nothing, ever', () => {
    const bucket = new TokenBucket(0, START);
    expect([taken(bucket, START), taken(bucket, START + 1e10)]).toEqual([false, false]);
  });

  test('QTA-2: a clock that is set back neither fills nor empties it', () => {
    const bucket = new TokenBucket(2, START);
    expect([taken(bucket, START), taken(bucket, START - 60_000), taken(bucket, START - 60_000)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(taken(bucket, START - 59_500)).toBe(true);
  });

  test('QTA-10: a bucket whose rate changes keeps what is in it, as far as it fits', () => {
    const bucket = new TokenBucket(100, START);
    bucket.changeRate(1, START);
    expect([taken(bucket, START), taken(bucket, START)]).toEqual([true, false]);
    bucket.changeRate(100, START);
    expect(taken(bucket, START)).toBe(false);
    expect(taken(bucket, START + 10)).toBe(true);
  });
});
