import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCall } from './call-text.js';

describe('readCall', () => {
  test.each([
    ['numbers that JavaScript has no place for', '[12345678901234567890,1.10,-0,1e400]'],
    ['repeated keys', '{"a":1,"a":2}'],
    ['white space and line breaks', '{\n  "a" : [ 1,\r\n 2 ]\n}'],
    ['strings full of structure', '"}],\\"params\\":{[\\\\"'],
    ['keys that look like members of the message', '{"params":{"method":1},"id":[]}'],
    ['an empty object', '{}'],
    ['null', 'null'],
  ])('cuts out %s as they came', (_case, params) => {
    expect(readCall(`{"id":7,"method":"onMsg","params":${params}}`)).toEqual({ id: '7', method: 'onMsg', params });
  });

  test('takes the members in any order, and others beside them', () => {
    expect(readCall(' { "params" : [ 1 ] , "more" : {"params":2}, "method":"a\\u0062", "id" : 1 } ')).toEqual({
      id: '1',
      method: 'ab',
      params: '[ 1 ]',
    });
  });

  test('has no id where the message has none, and null for params that are not there', () => {
    expect(readCall('{"method":"onMsg"}')).toEqual({ id: undefined, method: 'onMsg', params: 'null' });
  });

  test('finds the params of any message that JSON.stringify can write', () => {
    const messages = fc.record({ before: fc.jsonValue(), params: fc.jsonValue(), after: fc.jsonValue() });
    fc.assert(
      fc.property(messages, fc.constantFrom('', ' ', '\n\t'), ({ before, params, after }, indent) => {
        const text = JSON.stringify({ before, id: 1, params, method: 'onMsg', after }, undefined, indent);
        const cut = readCall(text).params;
        expect([text.includes(cut), JSON.parse(cut)]).toEqual([true, JSON.parse(JSON.stringify(params))]);
      }),
    );
  });

  test.each(['', 'null', '[1]', '{"method":1}', '{"method":"onMsg"', '"onMsg"'])('refuses %j', (text) => {
    expect(() => readCall(text)).toThrow(expect.objectContaining({ code: 'unexpected' }));
  });
});
