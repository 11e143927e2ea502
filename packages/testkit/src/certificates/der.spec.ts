import { describe, expect, it } from '@jest/globals';
import { integer } from './der.js';

describe('integer', () => {
  // One serial number in 512 begins with a zero that must not be there: OpenSSL refuses such a certificate.
  it.each([
    [[0x01], [2, 1, 0x01]],
    [[0x80], [2, 2, 0, 0x80]],
    [
      [0, 0x7f, 1],
      [2, 2, 0x7f, 1],
    ],
    [
      [0, 0, 0x80],
      [2, 2, 0, 0x80],
    ],
    [
      [0, 0],
      [2, 1, 0],
    ],
    [[], [2, 1, 0]],
  ])('writes %j as %j, without padding', (bytes, der) => {
    expect([...integer(Buffer.from(bytes))]).toEqual(der);
  });
});
