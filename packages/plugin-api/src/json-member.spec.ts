import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { IsJson } from './json-member.js';
import { JsonText } from './json-text.js';

class Params {
  @IsJson()
  body: JsonText = JsonText.NULL;
}

class WithMessage {
  @IsJson({ message: 'body must be any JSON' })
  body: JsonText = JsonText.NULL;
}

function problemsOf(params: object, body: unknown): string[] {
  return validateSync(Object.assign(params, { body })).flatMap((error) => Object.values(error.constraints ?? {}));
}

describe('IsJson', () => {
  it('takes any JSON text', () => {
    expect(problemsOf(new Params(), JsonText.of({ a: 1 }))).toEqual([]);
    expect(validateSync(new Params())).toEqual([]);
  });

  it.each([[undefined], [null], ['null'], [{ bytes: new Uint8Array() }]])('takes no %j for a JSON text', (body) => {
    expect(problemsOf(new Params(), body)).toEqual(['body must be JSON']);
  });

  it('takes a message of its own', () => {
    expect(problemsOf(new WithMessage(), 1)).toEqual(['body must be any JSON']);
  });

  it('leaves the type JsonText in the metadata by which a host knows verbatim members', () => {
    expect(Reflect.getMetadata('design:type', Params.prototype, 'body')).toBe(JsonText);
  });
});
