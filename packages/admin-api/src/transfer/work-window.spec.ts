import { expect, test } from '@jest/globals';
import { WorkWindow } from './work-window.js';

test('ADM-36: no more work is under way than the window holds', async () => {
  const window = new WorkWindow(3);
  let running = 0;
  let most = 0;
  for (let index = 0; index < 20; index++) {
    await window.add(
      (async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
      })(),
    );
  }
  await window.settle();
  expect([most, running]).toEqual([3, 0]);
});

test('the first failure is thrown to whoever adds next, and none is lost or unhandled', async () => {
  const window = new WorkWindow(10);
  await window.add(Promise.reject(new Error('first')));
  await new Promise(setImmediate);
  await expect(window.add(Promise.reject(new Error('second')))).rejects.toThrow('first');
  await window.settle();
  expect(() => window.throwFailure()).toThrow('first');
});
