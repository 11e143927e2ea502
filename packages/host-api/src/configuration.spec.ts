import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { ConfigurationError, configurationSchema, readConfiguration } from './configuration.js';

class Limits {
  @IsInt()
  @Min(1)
  maxTimeout = 60_000;
}

class Settings {
  @IsInt()
  @Min(1)
  @Max(1024)
  size = 10;

  @IsString()
  title!: string;

  @IsOptional()
  @IsString()
  note?: string;

  @ValidateNested()
  @Type(() => Limits)
  limits = new Limits();
}

class NoSettings {}

function problemsOf(settings: unknown, type: new () => object = Settings): readonly (readonly [string, string])[] {
  try {
    readConfiguration(type, settings);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ path, message }) => [path, message] as const);
    throw error;
  }
  return [];
}

describe('readConfiguration', () => {
  it('gives an instance in which absent members keep their initialisers', () => {
    const settings = readConfiguration(Settings, { title: 't' });
    expect(settings).toBeInstanceOf(Settings);
    expect(settings).toEqual({ size: 10, title: 't', limits: { maxTimeout: 60_000 } });
    expect(settings.limits).toBeInstanceOf(Limits);
  });

  it('keeps the initialisers of a nested object of which only a part is given', () => {
    class Wide {
      @ValidateNested()
      @Type(() => Settings)
      inner = new Settings();
    }
    const { inner } = readConfiguration(Wide, { inner: { title: 't', size: 3 } });
    expect(inner).toEqual({ size: 3, title: 't', limits: { maxTimeout: 60_000 } });
  });

  it('freezes what it gives, all the way down', () => {
    const settings = readConfiguration(Settings, { title: 't' });
    expect(() => (settings.limits.maxTimeout = 1)).toThrow(TypeError);
    expect(() => (settings.size = 1)).toThrow(TypeError);
  });

  it('leaves what it was given as it was', () => {
    const given = { title: 't', limits: { maxTimeout: 5 } };
    readConfiguration(Settings, given);
    expect(Object.isFrozen(given)).toBe(false);
    expect(Object.isFrozen(given.limits)).toBe(false);
    expect(given).toEqual({ title: 't', limits: { maxTimeout: 5 } });
  });

  it('names every problem with its path', () => {
    expect(problemsOf({ size: 0, title: 5, limits: { maxTimeout: 'x' } })).toEqual([
      ['size', 'size must not be less than 1'],
      ['title', 'title must be a string'],
      ['limits.maxTimeout', 'maxTimeout must not be less than 1'],
      ['limits.maxTimeout', 'maxTimeout must be an integer number'],
    ]);
  });

  it('refuses unknown members, nested ones too', () => {
    expect(problemsOf({ title: 't', sise: 1, limits: { maxTimeot: 1 } })).toEqual([
      ['sise', 'is not known'],
      ['limits.maxTimeot', 'is not known'],
    ]);
  });

  it('does not convert: a text is no number', () => {
    expect(problemsOf({ title: 't', size: '5' }).map(([path]) => path)).toContain('size');
  });

  it.each([[undefined], [null], [5], ['{}'], [[]]])('refuses %j, which is no object', (settings) => {
    expect(problemsOf(settings)).toEqual([['', 'a configuration must be an object']]);
  });

  it('takes a class without rules for a plugin without settings', () => {
    expect(readConfiguration(NoSettings, {})).toEqual({});
    expect(problemsOf({ size: 1 }, NoSettings)).toEqual([['size', 'is not known; this configuration has no members']]);
  });

  it('lets no member reach a prototype', () => {
    const hostile = JSON.parse('{"title":"t","__proto__":{"polluted":true},"constructor":{}}') as unknown;
    const settings = readConfiguration(Settings, hostile);
    expect(settings).toEqual({ size: 10, title: 't', limits: { maxTimeout: 60_000 } });
    expect(settings.constructor).toBe(Settings);
    expect(settings).not.toHaveProperty('polluted');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('ConfigurationError', () => {
  it('says everything in one line', () => {
    const problems = [
      { path: 'a.b', message: 'must be an integer' },
      { path: '', message: 'must be an object' },
    ];
    expect(new ConfigurationError(problems).message).toBe('a.b: must be an integer; must be an object');
  });
});

describe('configurationSchema', () => {
  it('has the rules and the defaults, and requires what has none', () => {
    expect(configurationSchema(Settings)).toMatchObject({
      type: 'object',
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 1024, default: 10 },
        title: { type: 'string' },
        note: { type: 'string' },
      },
      required: ['title'],
      additionalProperties: false,
    });
  });

  it('of a class without rules takes no members', () => {
    expect(configurationSchema(NoSettings)).toEqual({ type: 'object', properties: {}, additionalProperties: false });
  });
});
