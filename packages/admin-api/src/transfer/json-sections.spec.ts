import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { JsonSections, type JsonUnit } from './json-sections.js';

function unitsOf(text: string | Uint8Array, pieceSize = Number.MAX_SAFE_INTEGER): readonly JsonUnit[] {
  const bytes = Buffer.from(text);
  const sections = new JsonSections();
  const units: JsonUnit[] = [];
  for (let at = 0; at < bytes.length; at += pieceSize) units.push(...sections.push(bytes.subarray(at, at + pieceSize)));
  sections.end();
  return units;
}

/** The object again. */
function joined(units: readonly JsonUnit[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const { member, index, value } of units) {
    if (index === undefined) object[member] = value;
    else if (index === 0) object[member] = [value];
    else (object[member] as unknown[]).push(value);
  }
  return object;
}

describe('ADM-38: JSON in pieces', () => {
  test('is what JSON.parse reads, wherever it is cut', () => {
    const json = fc.dictionary(
      fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
      fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('__proto__')),
    );
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1, '\t\r\n'), fc.integer({ min: 1, max: 7 }), (object, space, size) => {
        const text = JSON.stringify(object, null, space);
        expect(joined(unitsOf(text, size))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('refuses exactly what JSON.parse refuses, or what is no object', () => {
    const characters = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', ' ', 'null', '\\', '"'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(characters, fc.boolean(), (parts, wrapped) => {
        const text = wrapped ? `{"a":[${parts.join('')}]}` : `{${parts.join('')}}`;
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => unitsOf(text)).toThrow();
          return;
        }
        expect(joined(unitsOf(text))).toEqual(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    '',
    ' ',
    '[]',
    '"x"',
    'null',
    '1',
    '{',
    '{}x',
    '{}{}',
    'x{}',
    '\uFEFF{}',
    '{"a"}',
    '{1:2}',
    '{"a":1,}',
    '{"a":[1,]}',
  ])('refuses %j', (text) => {
    expect(() => unitsOf(text)).toThrow();
  });

  test('refuses bytes that are not UTF-8, at the end, too', () => {
    expect(() => unitsOf(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toThrow('not UTF-8');
    expect(() => unitsOf(Buffer.from([0x7b, 0x7d, 0xc3]))).toThrow('not UTF-8');
  });
});
