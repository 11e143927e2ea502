import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FrameSplitter } from './frame-splitter.js';

const MAX = 100_000;

function frame(firstByte: number, body: Buffer): Buffer {
  const length: number[] = [];
  let left = body.length;
  do {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>>= 7;
  } while (left > 0);
  return Buffer.concat([Buffer.from([firstByte, ...length]), body]);
}

/** Splits the bytes at the given sizes and returns what the splitter finds, copied. */
function split(bytes: Buffer, sizes: readonly number[], isBorrowed: boolean): [number, string][] {
  const splitter = new FrameSplitter(MAX);
  const found: [number, string][] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    if (at >= bytes.length) break;
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    const shared = Buffer.concat([chunk, Buffer.alloc(50, 0x10)]);
    // A buffer that is larger than what was read into it.
    if (isBorrowed) splitter.borrow(shared, chunk.length);
    else splitter.push(chunk);
    at += size;
    // Reading may pause in the middle of a chunk.
    for (let packets = isBorrowed ? 2 : Infinity; packets > 0 && splitter.next() === 'frame'; packets -= 1) {
      found.push([splitter.firstByte, splitter.buffer.toString('hex', splitter.start, splitter.end)]);
    }
    splitter.giveBack();
    shared.fill(0xff);
  }
  while (splitter.next() === 'frame') {
    found.push([splitter.firstByte, splitter.buffer.toString('hex', splitter.start, splitter.end)]);
  }
  return found;
}

describe('FrameSplitter', () => {
  test('finds the same packets however their bytes are cut into chunks', () => {
    const body = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 16_300, maxLength: 16_500 }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), body), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 40 }),
        fc.boolean(),
        (packets, sizes, isBorrowed) => {
          const bytes = Buffer.concat(packets.map(([first, content]) => frame(first, Buffer.from(content))));
          const expected = packets.map(([first, content]) => [first, Buffer.from(content).toString('hex')]);
          expect(split(bytes, sizes, isBorrowed)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('finds packets that arrive byte by byte', () => {
    const bytes = Buffer.concat([frame(0x30, Buffer.alloc(200, 1)), frame(0xc0, Buffer.alloc(0))]);
    expect(split(bytes, Array<number>(bytes.length).fill(1), false)).toEqual([
      [0x30, Buffer.alloc(200, 1).toString('hex')],
      [0xc0, ''],
    ]);
  });

  test('MQTT-39: tells a packet over the limit from its header alone', () => {
    const splitter = new FrameSplitter(1000);
    splitter.push(Buffer.from([0x30, 0xff]));
    expect(splitter.next()).toBe('more');
    splitter.push(Buffer.from([0x7f]));
    expect(splitter.next()).toBe('too-large');
  });

  test('MQTT-39: the limit counts the fixed header', () => {
    const fits = new FrameSplitter(1000);
    fits.push(frame(0x30, Buffer.alloc(997)));
    expect(fits.next()).toBe('frame');
    const tooLarge = new FrameSplitter(1000);
    tooLarge.push(frame(0x30, Buffer.alloc(998)).subarray(0, 3));
    expect(tooLarge.next()).toBe('too-large');
  });

  test('a length without an end is malformed', () => {
    const splitter = new FrameSplitter(MAX);
    splitter.push(Buffer.from([0x30, 0x80, 0x80, 0x80]));
    expect(splitter.next()).toBe('more');
    splitter.push(Buffer.from([0x80]));
    expect(splitter.next()).toBe('malformed');
  });

  test('memory of a packet is not used again for the next', () => {
    const splitter = new FrameSplitter(MAX);
    const first = frame(0x30, Buffer.alloc(3000, 1));
    splitter.push(first.subarray(0, 1500));
    expect(splitter.next()).toBe('more');
    splitter.push(first.subarray(1500));
    expect(splitter.next()).toBe('frame');
    const kept = splitter.buffer.subarray(splitter.start, splitter.end);
    const second = frame(0x30, Buffer.alloc(3000, 2));
    splitter.push(second.subarray(0, 1500));
    splitter.next();
    splitter.push(second.subarray(1500));
    expect(splitter.next()).toBe('frame');
    expect(kept.equals(Buffer.alloc(3000, 1))).toBe(true);
  });
});
