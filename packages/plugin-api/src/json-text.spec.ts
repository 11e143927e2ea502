import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonText } from './json-text.js';

describe('JsonText', () => {
  it.each(['12345678901234567890', '1.10', '-0', '1e400', '{"b":1,"a":2,"b":3}', '[ 1 ,\n2 ]', '"\\u0062\\/ä😀"'])(
    'MSG-13: keeps %s as it is',
    (text) => {
      expect(JsonText.fromString(text).toString()).toBe(text);
      expect(JsonText.fromString(text).bytes).toEqual(new TextEncoder().encode(text));
    },
  );

  it.each(['', ' ', '{', "{'a':1}", 'undefined', 'NaN', '01', '1 2', '\u{feff}1'])('refuses %j', (text) => {
    expect(() => JsonText.fromString(text)).toThrow(/JSON/);
  });

  it('gives back every JSON value it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JsonText.of(value);
        expect(text.toString()).toBe(JSON.stringify(value));
        expect(JsonText.of(text.parse()).bytes).toEqual(text.bytes);
      }),
    );
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
  ])('has no form for %s', (_what, value) => {
    expect(() => JsonText.of(value)).toThrow(TypeError);
  });

  it('takes validated bytes without copying them, and detaches on request', () => {
    const received = new TextEncoder().encode('{"a":1}');
    const text = JsonText.fromValidatedBytes(received);
    const kept = text.detached();
    received.fill(0x20);
    expect(text.bytes).toBe(received);
    expect(kept.parse()).toEqual({ a: 1 });
  });

  it('parses to a value of its own every time', () => {
    const text = JsonText.of({ a: [1] });
    expect(text.parse()).toEqual({ a: [1] });
    expect(text.parse()).not.toBe(text.parse());
  });

  it('NULL is null', () => {
    expect(JsonText.NULL.toString()).toBe('null');
    expect(JsonText.NULL.parse()).toBeNull();
  });
});
