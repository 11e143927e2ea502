import { expect, test } from '@jest/globals';
import { TokenBuckets } from './token-bucket.js';

test('ADM-5: as many keys as anyone may invent take bounded memory, and the newest are kept', () => {
  const buckets = new TokenBuckets(1);
  for (let index = 0; index < 20_000; index++) buckets.take(`key-${index}`, 0);
  expect(Object.values(buckets).map((member: unknown) => member instanceof Map && member.size)).toContain(10_000);
  expect([buckets.waitMs('key-19999', 0), buckets.waitMs('key-0', 0)]).toEqual([60_000, 0]);
});

test('ADM-5: a bucket is never fuller than full, whatever the clock does', () => {
  const buckets = new TokenBuckets(2);
  buckets.giveBack('k', 0);
  buckets.take('k', 1_000_000);
  buckets.take('k', 1_000_000);
  expect(buckets.waitMs('k', 1_000_000)).toBe(30_000);
  expect(buckets.waitMs('k', 0)).toBe(30_000);
  expect(buckets.waitMs('k', 30_000)).toBe(0);
});
