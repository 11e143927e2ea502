import { describe, expect, test } from '@jest/globals';
import { RpcError } from '@device-messaging/plugin-api';
import { MEMBER_SIZE, VALUE_END, VALUE_START } from './json-scanner.js';
import { isJson, RpcEnvelope } from './rpc-envelope.js';

function read(text: string): RpcEnvelope | string {
  const envelope = RpcEnvelope.read(Buffer.from(text));
  return envelope instanceof RpcError ? envelope.message : envelope;
}

function paramsOf(text: string): string {
  const { bytes, paramsStart, paramsEnd } = read(text) as RpcEnvelope;
  return Buffer.from(bytes.subarray(paramsStart, paramsEnd)).toString();
}

describe('RpcEnvelope', () => {
  test.each([
    ['', 'Invalid request: it is not JSON in UTF-8'],
    ['{"method":"a"', 'Invalid request: it is not JSON in UTF-8'],
    ['[]', 'Invalid request: it must be an object {"method":…,"params":…}'],
    ['"method"', 'Invalid request: it must be an object {"method":…,"params":…}'],
    ['{"params":{}}', 'Invalid request: it has no "method"'],
    ['{"method":7}', 'Invalid request: "method" must be a string'],
    ['{"params":{"method":"a"}}', 'Invalid request: it has no "method"'],
  ])('RPC-1: %s is refused: %s', (text, message) => {
    expect(read(text)).toBe(message);
  });

  test('RPC-3: unknown members are ignored, wherever they stand', () => {
    const envelope = read('{"id":1,"method":"m","x":{"method":"n"},"params":{"a":1}}') as RpcEnvelope;
    expect(envelope.method).toBe('m');
    expect(envelope.membersTo - envelope.membersFrom).toBe(MEMBER_SIZE);
  });

  test('RPC-3: the last of duplicate members wins, and an escaped name equals the plain one', () => {
    expect((read('{"method":"a","m\\u0065thod":"b"}') as RpcEnvelope).method).toBe('b');
    expect(paramsOf('{"params":{"a":1},"method":"m","\\u0070arams":[2]}')).toBe('[2]');
    expect((read('{"method":"m","params":{"a":1},"params":3}') as RpcEnvelope).hasMembers).toBe(false);
  });

  test('a message that waits keeps its members, whatever is read meanwhile', () => {
    const valueOf = ({ bytes, notes, membersFrom }: RpcEnvelope): string =>
      Buffer.from(bytes.subarray(notes[membersFrom + VALUE_START], notes[membersFrom + VALUE_END])).toString();
    const first = read('{"method":"m","params":{"a":"first"}}') as RpcEnvelope;
    const second = read('{"x":{"y":[1]},"method":"m","params":{"a":"second"}}') as RpcEnvelope;
    expect(read('{"method"')).toContain('Invalid request');
    expect(isJson(Buffer.from('{"a":{"b":1}}'))).toBe(true);
    for (let turn = 0; turn < 2; turn++) {
      expect(valueOf(first)).toBe('"first"');
      expect(isJson(Buffer.from('{"method":{"params":1}}'))).toBe(true);
      expect(valueOf(second)).toBe('"second"');
      expect(valueOf(first)).toBe('"first"');
      const third = read('{"method":"m","params":{"b":0,"a":"third"}}') as RpcEnvelope;
      expect(valueOf(second)).toBe('"second"');
      expect(valueOf(third)).toBe('0');
    }
  });

  test('absent and null params are none', () => {
    expect((read('{"method":"m"}') as RpcEnvelope).hasNoParams).toBe(true);
    expect((read('{"method":"m","params": null }') as RpcEnvelope).hasNoParams).toBe(true);
    expect((read('{"method":"m","params":{}}') as RpcEnvelope).hasNoParams).toBe(false);
  });

  test('escapes in the method are read', () => {
    expect((read('{"method":"s\\u0065ndMsg \\"€\\""}') as RpcEnvelope).method).toBe('sendMsg "€"');
  });
});
