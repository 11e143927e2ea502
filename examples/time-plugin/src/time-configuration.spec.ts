import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { TimeConfiguration } from './time-configuration.js';

function problemsWith(timeFormat: unknown): string {
  return validateSync(Object.assign(new TimeConfiguration(), { timeFormat }))
    .flatMap((error) => Object.values(error.constraints ?? {}))
    .join('; ');
}

describe('TimeConfiguration', () => {
  it.each([
    '',
    'yyyy MM dd HH:mm:ss.SSS',
    "yyyy-MM-dd'T'HH:mm:ssxxx",
    "EEEE, d MMMM yyyy 'at' h 'o''clock' a",
    "''yy",
    'YYYY-ww',
    'yyyy-DDD',
  ])('takes the format %j', (timeFormat) => {
    expect(problemsWith(timeFormat)).toBe('');
  });

  it.each([
    ['yyyy-MM-ddTHH:mm', 'the letter T means nothing in it; put text between single quotes'],
    ['do MMMM', 'the letter o means nothing in it; put text between single quotes'],
    ['HH:mm noon', 'the letter o means nothing in it; put text between single quotes'],
    ["yyyy 'o", 'a single quote is not closed'],
    ["yyyy '''", 'a single quote is not closed'],
    ['HH:mm Z', 'Format string contains an unescaped latin alphabet character `Z`'],
    [20161031, 'it is not a string'],
    [null, 'it is not a string'],
  ])('refuses %j and says why', (timeFormat, why) => {
    expect(problemsWith(timeFormat)).toBe(
      `timeFormat must be empty or a date pattern such as "yyyy MM dd HH:mm:ss.SSS": ${why}`,
    );
  });
});
