import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { StringPool } from './string-pool.js';

describe('StringPool', () => {
  test('gives the string that JSON.parse gives, however often and whatever else it was asked for', () => {
    const pool = new StringPool();
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 80 }), { minLength: 1, maxLength: 20 }), (texts) => {
        for (const text of [...texts, ...texts]) {
          const bytes = Buffer.from(JSON.stringify(text));
          expect(pool.get(bytes, 1, bytes.length - 1)).toBe(text);
        }
      }),
    );
  });

  test('keeps its own bytes: the memory of a message may be used again', () => {
    const pool = new StringPool();
    const bytes = Buffer.from('"sendMsg"');
    expect(pool.get(bytes, 1, 8)).toBe('sendMsg');
    bytes.fill(0x78, 1, 8);
    expect(pool.get(bytes, 1, 8)).toBe('xxxxxxx');
    expect(pool.get(Buffer.from('sendMsg'), 0, 7)).toBe('sendMsg');
  });
});
