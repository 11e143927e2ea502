import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { memberText } from './member-text.js';

test.each([
  ['{}', undefined],
  [' { "a" : 1 } ', undefined],
  ['{"params":1.10}', '1.10'],
  ['{"params":{"a":"}\\"]"},"b":1}', '{"a":"}\\"]"}'],
  ['{"a":{"params":1},"params":[ 1 , 2 ]\t}', '[ 1 , 2 ]'],
  ['{"params":1,"params":"x\\\\"}', '"x\\\\"'],
  ['{"p\\u0061rams":null}', 'null'],
  ['{"a":"params","params":"a"}', '"a"'],
])('ADM-27: params of %s', (text, member) => {
  expect(memberText(text, 'params')).toBe(member);
});

test('ADM-27: what is cut out is what JSON.parse finds', () => {
  const value = fc.jsonValue();
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), value),
      value,
      fc.constantFrom(undefined, 1, '\t'),
      (rest, params, space) => {
        const text = JSON.stringify({ ...rest, params, z: 1 }, null, space);
        expect(JSON.stringify(JSON.parse(memberText(text, 'params')!))).toBe(JSON.stringify(params));
      },
    ),
  );
});
