import { describe, expect, test } from '@jest/globals';
import { schemaProblems } from './schema-problems.js';

describe('schemaProblems', () => {
  const schema = {
    properties: {
      limit: { type: 'integer', minimum: 1, maximum: 10 },
      mode: { type: 'string', enum: ['wait', 'fail'] },
      title: { type: 'string', minLength: 2, maxLength: 4 },
      names: { type: 'array' },
      none: { type: 'null' },
      any: {},
    },
    required: ['limit'],
  };

  test('finds nothing where schema and defaults fit', () => {
    expect(schemaProblems(schema, { limit: 1, mode: 'wait', title: 'four', names: [], none: null, any: {} })).toEqual(
      [],
    );
    expect(schemaProblems(schema, { limit: 10 })).toEqual([]);
  });

  test.each([
    [{ limit: 0 }],
    [{ limit: 11 }],
    [{ limit: 1.5 }],
    [{ limit: '1' }],
    [{ limit: 1, mode: 'drop' }],
    [{ limit: 1, title: 'a' }],
    [{ limit: 1, title: 'fives' }],
    [{ limit: 1, names: {} }],
    [{ limit: 1, none: 0 }],
  ])('finds the member of %j that the schema refuses', (defaults) => {
    const [[name, value] = []] = Object.entries(defaults).reverse();
    expect(schemaProblems(schema, defaults)).toEqual([
      expect.stringContaining(`the default of ${name}, ${JSON.stringify(value)}, is not as `),
    ]);
  });

  test('finds what is required and has no default, and what the schema does not know', () => {
    expect(schemaProblems(schema, { other: 1 })).toEqual([
      'limit is required and has no default',
      'other has no description: decorate it with the rules of class-validator',
    ]);
  });
});
