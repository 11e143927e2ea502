import { describe, expect, it } from '@jest/globals';
import { mapAwaitable } from './map-awaitable.js';

describe('mapAwaitable', () => {
  it('maps at once what is there', () => {
    expect(mapAwaitable(2, (n) => n * 2)).toBe(4);
    expect(mapAwaitable(undefined, () => 'none')).toBe('none');
    expect(mapAwaitable<null, string>(null, () => 'null')).toBe('null');
  });

  it('maps later what comes later, and what the map itself promises', async () => {
    await expect(mapAwaitable(Promise.resolve(2), (n) => Promise.resolve(n * 2))).resolves.toBe(4);
  });

  it('passes rejections on', async () => {
    const failed = mapAwaitable(Promise.reject<number>(new Error('registry down')), (n) => n);
    await expect(failed).rejects.toThrow('registry down');
  });
});
