import { Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested, type ValidationArguments } from 'class-validator';
import { isIP } from 'node:net';

/** A whole number within bounds, both included. */
export function IsIntegerFrom(least: number, most: number): PropertyDecorator {
  return rule(
    'isIntegerFrom',
    (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
    `must be an integer from ${least} to ${most}`,
  );
}

/** The same, or `undefined`: nothing is set. */
export function IsIntegerFromOrUnset(least: number, most: number): PropertyDecorator {
  const decorators = [ValidateIf((_section, value: unknown) => value !== undefined), IsIntegerFrom(least, most)];
  return (target, member) => decorators.forEach((decorate) => decorate(target, member));
}

/** A text that says something. */
export function IsFilledText(): PropertyDecorator {
  return rule(
    'isFilledText',
    (value) => typeof value === 'string' && value.trim() !== '',
    'must be a text that is not empty',
  );
}

/** A text, which may be empty: nothing is set. */
export function IsText(): PropertyDecorator {
  return rule('isText', (value) => typeof value === 'string', 'must be a text');
}

/** A list of texts that say something. */
export function IsTextList(): PropertyDecorator {
  return rule(
    'isTextList',
    (value) => Array.isArray(value) && value.every((text) => typeof text === 'string' && text.trim() !== ''),
    'must be a list of texts that are not empty',
  );
}

/** Names of groups of addresses that fastify's `trustProxy` knows. */
const NETWORK_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/** A list of IP addresses, networks (`10.0.0.0/8`) and names of groups of them. */
export function IsNetworkList(): PropertyDecorator {
  return rule(
    'isNetworkList',
    (value) => Array.isArray(value) && value.every(isNetwork),
    `must be a list of IP addresses, networks such as 10.0.0.0/8, or ${NETWORK_NAMES.join(', ')}`,
  );
}

function isNetwork(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (NETWORK_NAMES.includes(value)) return true;
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  // Everybody's word would be taken: whoever tries passwords could name another address each time.
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/** A UUID, or the empty text: nothing is set. */
export function IsUuidOrEmpty(): PropertyDecorator {
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  return rule(
    'isUuidOrEmpty',
    (value) => typeof value === 'string' && (value === '' || uuid.test(value)),
    'must be a UUID',
  );
}

/**
 * A text that makes no sense alone: when it is set, these members of its section must be, too.
 * @param variables the environment variable of each member
 */
export function IsSetTogetherWith(variables: Readonly<Record<string, string>>): PropertyDecorator {
  const missing = (args: ValidationArguments | undefined): string | undefined =>
    Object.keys(variables).find((member) => (args?.object as Record<string, unknown> | undefined)?.[member] === '');
  return ValidateBy({
    name: 'isSetTogetherWith',
    validator: {
      validate: (value, args) => value === '' || missing(args) === undefined,
      defaultMessage: (args) => {
        const member = missing(args) ?? '';
        return `is set, so ${variables[member]} (${member}) must be set, too`;
      },
    },
  });
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
