import { describe, expect, test } from '@jest/globals';
import { Coerce, IsJson, JsonText, NoParams, RpcError } from '@device-messaging/plugin-api';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, Max, ValidateNested } from 'class-validator';
import fc from 'fast-check';
import { RpcEnvelope } from '../json/rpc-envelope.js';
import { ParamsReader } from './params-reader.js';

class Params {
  @IsString()
  to!: string;

  @IsJson()
  body: JsonText = JsonText.NULL;

  @Coerce((value) => (value === 'yes' ? true : value))
  @IsBoolean({ message: 'urgent must be a boolean or "yes"' })
  urgent = false;

  @IsOptional()
  @IsInt()
  @Max(9)
  level?: number;
}

class Point {
  @IsInt()
  x!: number;
}

class NestedParams {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Point)
  points: Point[] = [];

  @IsJson()
  body: JsonText = JsonText.NULL;
}

function read(type: new () => object, params: string): object | string {
  const envelope = RpcEnvelope.read(Buffer.from(`{"method":"m","params":${params}}`));
  if (envelope instanceof RpcError) throw envelope;
  const result = new ParamsReader(type).read(envelope);
  return result instanceof RpcError ? result.message : result;
}

describe('ParamsReader', () => {
  test('RPC-4: members are read, missing ones keep their defaults, unknown ones are ignored', () => {
    const params = read(Params, '{"to":"a","body":{"x":1.10},"other":[1]}') as Params;
    expect(params).toBeInstanceOf(Params);
    expect({ ...params, body: params.body.toString() }).toEqual({ to: 'a', body: '{"x":1.10}', urgent: false });
    expect(Object.keys(params)).not.toContain('other');
  });

  test('RPC-4: absent and null params are an empty object, anything else is refused', () => {
    expect(read(NoParams, 'null')).toEqual({});
    expect(read(NoParams, '{"a":1}')).toEqual({});
    expect(read(NoParams, '[]')).toBe('Invalid params: params must be an object');
    expect(read(Params, '"a"')).toBe('Invalid params: params must be an object');
  });

  test('RPC-4: each problem is named', () => {
    expect(read(Params, '{"to":1,"urgent":null,"level":10}')).toBe(
      'Invalid params: to must be a string; urgent must be a boolean or "yes"; level must not be greater than 9',
    );
    expect(read(Params, '{}')).toBe('Invalid params: to must be a string');
  });

  test('a coercion sees the value before it is validated', () => {
    expect((read(Params, '{"to":"a","urgent":"yes"}') as Params).urgent).toBe(true);
    expect(read(Params, '{"to":"a","urgent":"no"}')).toBe('Invalid params: urgent must be a boolean or "yes"');
  });

  test('RPC-3: the last of duplicate members wins, escaped or not', () => {
    const params = read(Params, '{"to":"a","body":1,"t\\u006f":"b","\\u0062ody":2}') as Params;
    expect([params.to, params.body.toString()]).toEqual(['b', '2']);
  });

  test('classes within the params are made and validated', () => {
    const params = read(NestedParams, '{"points":[{"x":1}],"body":-0}') as NestedParams;
    expect(params.points[0]).toBeInstanceOf(Point);
    expect(params.body.toString()).toBe('-0');
    expect(read(NestedParams, '{"points":[{"x":"1"}]}')).toBe('Invalid params: x must be an integer number');
  });

  test('RPC-2, RPC-3: it sees what JSON.parse sees, and the bytes of verbatim members as they came', () => {
    const key = fc.constantFrom(
      'to',
      'body',
      'urgent',
      'level',
      'x',
      '__proto__',
      't\\u006f',
      'b\\u006fdy',
      'constructor',
    );
    const member = fc.tuple(
      key,
      fc.oneof(fc.json(), fc.constantFrom('1.10', '1e400', '-0', '"\\ud800"', ' [ 1 ,2 ] ')),
    );
    fc.assert(
      fc.property(fc.array(member, { maxLength: 6 }), (members) => {
        const text = `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
        const parsed = JSON.parse(text) as Record<string, unknown>;
        const params = read(Params, text);
        const isValid =
          typeof parsed['to'] === 'string' &&
          (!Object.hasOwn(parsed, 'urgent') || typeof parsed['urgent'] === 'boolean' || parsed['urgent'] === 'yes') &&
          (parsed['level'] === undefined ||
            parsed['level'] === null ||
            (Number.isInteger(parsed['level']) && (parsed['level'] as number) <= 9));
        expect(typeof params === 'object').toBe(isValid);
        if (typeof params === 'string') return;
        const { to, body } = params as Params;
        expect(to).toBe(parsed['to']);
        const sent = members.filter(([name]) => name === 'body' || name === 'b\\u006fdy').at(-1)?.[1] ?? 'null';
        expect(body.toString()).toBe(sent.trim());
      }),
      { numRuns: 3000 },
    );
  });
});
