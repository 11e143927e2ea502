import { expect, test } from '@jest/globals';
import { KeyedLock } from './keyed-lock.js';

test('one at a time for a key, in the order of the calls; other keys do not wait, failures hold nobody up', async () => {
  const lock = new KeyedLock();
  const steps: string[] = [];
  const work = (name: string) => async (): Promise<string> => {
    steps.push(`${name} begins`);
    await new Promise(setImmediate);
    steps.push(`${name} ends`);
    if (name === 'b') throw new Error('b fails');
    return name;
  };
  const results = await Promise.allSettled([
    lock.run('k', work('a')),
    lock.run('k', work('b')),
    lock.run('k', work('c')),
    lock.run('l', work('d')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(steps.filter((step) => !step.startsWith('d'))).toEqual([
    'a begins',
    'a ends',
    'b begins',
    'b ends',
    'c begins',
    'c ends',
  ]);
  expect(steps.indexOf('d begins')).toBeLessThan(steps.indexOf('b begins'));
  expect(Object.values(lock)).toEqual([new Map()]);
});
