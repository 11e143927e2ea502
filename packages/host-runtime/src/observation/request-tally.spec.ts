import { describe, expect, test } from '@jest/globals';
import { RequestTally } from './request-tally.js';

describe('RequestTally', () => {
  test('OBS-5: puts each latency into the first bucket whose bound it does not exceed', () => {
    const tally = new RequestTally();
    for (const latency of [0, 1, 2, 3, 60_000, 60_001]) tally.count('OK', latency);
    const { bounds, counts, sum } = tally.latency;
    expect(bounds.map((bound, index) => [bound, counts[index]]).filter(([, count]) => count !== 0)).toEqual([
      [1, 2],
      [2, 1],
      [5, 1],
      [60_000, 1],
    ]);
    expect(counts.at(-1)).toBe(1);
    expect(counts).toHaveLength(bounds.length + 1);
    expect(sum).toBe(120_007);
  });

  test('OBS-5: a clock that was set back counts as no time', () => {
    const tally = new RequestTally();
    tally.count('TIMEOUT', -5_000);
    expect([tally.latency.counts[0], tally.latency.sum]).toEqual([1, 0]);
  });

  test('OBS-5: outcomes that never came are left out', () => {
    const tally = new RequestTally();
    for (const outcome of ['OK', 'TIMEOUT', 'OK'] as const) tally.count(outcome, 1);
    expect([...tally.byOutcome]).toEqual([
      ['OK', 2],
      ['TIMEOUT', 1],
    ]);
  });
});
