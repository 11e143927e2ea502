import { describe, expect, test } from '@jest/globals';
import { DeviceClientError } from './device-client-error.js';
import { Ending } from './ending.js';

const LOST = new DeviceClientError('lost', 'gone');

describe('Ending', () => {
  test('tells all that wait, and all that come later, the first reason', async () => {
    const ending = new Ending();
    let cleanedUp = 0;
    const wait = ending.wait(1_000, 'Nothing came', () => () => void cleanedUp++);
    ending.end(LOST);
    ending.end(new DeviceClientError('closed', 'later'));
    await expect(wait).rejects.toBe(LOST);
    await expect(ending.wait(1_000, 'Nothing came', () => undefined)).rejects.toBe(LOST);
    expect([await ending.closed, cleanedUp]).toEqual([LOST, 1]);
  });

  test('a wait is over once: when it has what it waits for, fails, or took too long', async () => {
    const ending = new Ending();
    let cleanedUp = 0;
    const cleanUp = (): void => void cleanedUp++;
    const at = await ending.wait<number>(1_000, 'Nothing came', (resolve) => {
      resolve(1);
      resolve(2);
      return cleanUp;
    });
    const failed = ending.wait(1_000, 'Nothing came', (_resolve, reject) => {
      reject(LOST);
      return cleanUp;
    });
    await expect(failed).rejects.toBe(LOST);
    await expect(ending.wait(1, 'Nothing came', () => cleanUp)).rejects.toMatchObject({
      code: 'timeout',
      message: 'Nothing came within 1 ms.',
    });
    expect([at, cleanedUp]).toEqual([1, 3]);
  });
});
