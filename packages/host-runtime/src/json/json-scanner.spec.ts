import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KEY_END, KEY_START, MEMBER_DEPTH, MEMBER_SIZE, VALUE_END, VALUE_START, JsonScanner } from './json-scanner.js';

const scanner = new JsonScanner();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What the platform says: strict UTF-8 (a byte order mark is kept, and is no JSON), then JSON.parse. */
function parses(bytes: Uint8Array): boolean {
  try {
    JSON.parse(decoder.decode(bytes));
    return true;
  } catch {
    return false;
  }
}

/** Bytes that look like JSON often enough to reach every branch. */
const jsonish = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '"\\u0041"',
        '\\',
        '\\u',
        '\\ud800',
        'true',
        'fals',
        'null',
      ),
      fc.constantFrom(
        '0',
        '-',
        '-0',
        '01',
        '1.',
        '1.5',
        '.5',
        '1e5',
        '1E+',
        '1e400',
        '+1',
        ' ',
        '\n',
        '\t',
        '\r',
        '\u00a0',
        '\ufeff',
      ),
      fc.constantFrom('é', '€', '😀', '\u0000', '\u001f', '\u007f', '{"a":1}', '[[]]', '{}', '[1,2]'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.from(parts.join('')));

describe('JsonScanner', () => {
  test('RPC-2: it accepts exactly what JSON.parse accepts', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          jsonish,
          fc.uint8Array({ maxLength: 20 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(scanner.scan(bytes, 2)).toBe(parses(bytes));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('RPC-2: it agrees with JSON.parse on every mutation of a valid text', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom('set', 'insert', 'cut'),
        (text, at, byte, how) => {
          const bytes = [...Buffer.from(text)];
          const index = at % (bytes.length + 1);
          if (how === 'set') bytes[index] = byte;
          else if (how === 'insert') bytes.splice(index, 0, byte);
          else bytes.splice(index, 1);
          const mutated = Uint8Array.from(bytes);
          expect(scanner.scan(mutated, 2)).toBe(parses(mutated));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x31]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a cut sequence', [0x22, 0xe2, 0x82, 0x22]],
    ['nothing', []],
  ])('RPC-2: %s is not JSON', (_name, bytes) => {
    expect(scanner.scan(Uint8Array.from(bytes))).toBe(false);
  });

  test('deep nesting costs no stack', () => {
    const depth = 100_000;
    expect(scanner.scan(Buffer.from('['.repeat(depth) + ']'.repeat(depth)))).toBe(true);
    expect(scanner.scan(Buffer.from('['.repeat(depth) + ']'.repeat(depth - 1)))).toBe(false);
  });

  test('it notes the members of the two outermost objects, slices as they stand', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()))),
        (value) => {
          const bytes = Buffer.from(JSON.stringify(value, null, 1));
          expect(scanner.scan(bytes, 2)).toBe(true);
          const expected = Object.entries(value).flatMap(([key, member]) => [
            [1, key, member],
            ...(isObject(member) ? Object.entries(member).map(([inner, deep]) => [2, inner, deep]) : []),
          ]);
          const noted = [];
          for (let index = 0; index < scanner.noted; index += MEMBER_SIZE) {
            const slice = (from: number, to: number): unknown =>
              JSON.parse(bytes.subarray(scanner.members[index + from], scanner.members[index + to]).toString());
            const key = JSON.parse(
              `"${bytes.subarray(scanner.members[index + KEY_START], scanner.members[index + KEY_END]).toString()}"`,
            ) as string;
            noted.push([scanner.members[index + MEMBER_DEPTH], key, slice(VALUE_START, VALUE_END)]);
          }
          expect(noted).toEqual(JSON.parse(JSON.stringify(expected)));
        },
      ),
    );
  });
});

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
