import { Type } from 'class-transformer';
import { ValidateBy, ValidateNested, type ValidationArguments } from 'class-validator';

/** A whole number within bounds, both included. */
export function IsIntegerFrom(least: number, most: number): PropertyDecorator {
  return rule(
    'isIntegerFrom',
    (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
    `must be an integer from ${least} to ${most}`,
  );
}

/** A text that says something. */
export function IsFilledText(): PropertyDecorator {
  return rule(
    'isFilledText',
    (value) => typeof value === 'string' && value.trim() !== '',
    'must be a text that is not empty',
  );
}

/** One of a few texts. */
export function IsOneOf(texts: readonly string[]): PropertyDecorator {
  return rule('isOneOf', (value) => texts.some((text) => text === value), `must be one of ${texts.join(', ')}`);
}

/** A group of settings with a class of its own. */
export function IsSection(type: () => new () => object): PropertyDecorator {
  const expected = 'must be a mapping of settings';
  const decorators = [
    Type(type),
    ValidateNested({ message: saying(expected) }),
    rule('isSection', (value) => typeof value === 'object' && value !== null && !Array.isArray(value), expected),
  ];
  return (target, member) => decorators.forEach((decorate) => decorate(target, member));
}

function rule(name: string, validate: (value: unknown) => boolean, expected: string): PropertyDecorator {
  return ValidateBy({ name, validator: { validate, defaultMessage: saying(expected) } });
}

function saying(expected: string): (args?: ValidationArguments) => string {
  return (args) => `${expected}, got ${describe(args?.value)}`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON has no word for `.nan` and `.inf` of YAML.
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
