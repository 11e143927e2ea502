import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { CsvParser, type CsvLine } from './csv-parser.js';

function parse(bytes: Uint8Array | string, pieceSize = Number.MAX_SAFE_INTEGER): readonly CsvLine[] {
  const buffer = Buffer.from(bytes);
  const parser = new CsvParser();
  const lines: CsvLine[] = [];
  for (let at = 0; at < buffer.length; at += pieceSize) lines.push(...parser.push(buffer.subarray(at, at + pieceSize)));
  return [...lines, ...parser.end()];
}

function shown(text: string | Uint8Array): readonly unknown[] {
  return parse(text).map((line) => ('fields' in line ? [line.line, ...line.fields] : [line.line, line.problem]));
}

describe('ADM-35: CSV', () => {
  test.each<[string, string, readonly unknown[]]>([
    [
      'LF',
      'a,b\nc,d\n',
      [
        [1, 'a', 'b'],
        [2, 'c', 'd'],
      ],
    ],
    [
      'CRLF, and no break at the end',
      'a,b\r\nc,d',
      [
        [1, 'a', 'b'],
        [2, 'c', 'd'],
      ],
    ],
    [
      'CR',
      'a\rb\r',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    ['a byte order mark', '\uFEFFa,b', [[1, 'a', 'b']]],
    [
      'blank lines, counted',
      '\n\na\r\n\r\nb',
      [
        [3, 'a'],
        [5, 'b'],
      ],
    ],
    [
      'empty fields',
      ',\na,,\n""',
      [
        [1, '', ''],
        [2, 'a', '', ''],
        [3, ''],
      ],
    ],
    ['quotes', '"a,b","say ""hi""",c', [[1, 'a,b', 'say "hi"', 'c']]],
    ['quotes inside a field', '5" pipe,a"b"', [[1, '5" pipe', 'a"b"']]],
    [
      'text behind a quote',
      '"a"b,c\nd',
      [
        [1, 'has text behind a closing quote'],
        [2, 'd'],
      ],
    ],
    [
      'a quote that is not closed',
      '"a,b\nc,d',
      [
        [1, 'has a quote that is not closed on it'],
        [2, 'c', 'd'],
      ],
    ],
    [
      'a quote that is not closed at the end',
      'a\n"',
      [
        [1, 'a'],
        [2, 'has a quote that is not closed on it'],
      ],
    ],
    ['nothing', '', []],
    ['NUL, kept for whoever checks fields', 'a\0b', [[1, 'a\0b']]],
    ['formulas, as texts', '=1+1,@x,+1,-1', [[1, '=1+1', '@x', '+1', '-1']]],
    ['white space, kept', ' a , b', [[1, ' a ', ' b']]],
  ])('with %s', (_what, text, lines) => {
    expect(shown(text)).toEqual(lines);
  });

  test('that is not UTF-8 costs the line, not the file', () => {
    expect(shown(Buffer.from([0x61, 0xff, 0x0a, 0x62]))).toEqual([
      [1, 'is not UTF-8'],
      [2, 'b'],
    ]);
    expect(shown(Buffer.from([0x61, 0x0a, 0xc3]))).toEqual([
      [1, 'a'],
      [2, 'is not UTF-8'],
    ]);
  });

  test('ADM-36: a line that is too long is skipped to its end, quotes or not', () => {
    const long = 'x'.repeat(10_001);
    expect(shown(`${long}\na`)).toEqual([
      [1, 'is longer than 10000 characters'],
      [2, 'a'],
    ]);
    expect(shown(`"${long}\na`)).toEqual([
      [1, 'is longer than 10000 characters'],
      [2, 'a'],
    ]);
    expect(shown(`${','.repeat(100)}\na`)).toEqual([
      [1, 'has more than 100 fields'],
      [2, 'a'],
    ]);
  });

  test('ADM-36: a bomb of one line takes no memory', () => {
    const parser = new CsvParser();
    const piece = Buffer.alloc(1_048_576, '"a",');
    for (let index = 0; index < 20; index++) expect(parser.push(piece)).toEqual([]);
    expect(JSON.stringify(parser).length).toBeLessThan(1_000);
    expect(parser.end()).toEqual([{ line: 1, problem: 'has more than 100 fields' }]);
  });

  test('is read the same, wherever it is cut into pieces', () => {
    const alphabet = fc.constantFrom('a', 'é', '😀', ',', '"', '\n', '\r', '\0', '\uFEFF');
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (characters, size) => {
        const text = characters.join('');
        expect(parse(text, size)).toEqual(parse(text));
      }),
    );
  });

  test('is read back as it was written', () => {
    const field = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n\uFFFD\uFEFF]/.test(text));
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 8 }), (rows) => {
        const quoted = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
        expect(parse(quoted.join('\r\n')).map((line) => ('fields' in line ? line.fields : line.problem))).toEqual(rows);
      }),
    );
  });
});
