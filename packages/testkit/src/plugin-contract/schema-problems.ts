import type { JsonSchema } from '@device-messaging/host-api';

/** What the settings forms and the documentation read of a member. */
interface MemberSchema {
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/**
 * Where a derived schema does not fit the defaults that it was derived beside. Not a validator of JSON Schema: it knows
 * the words that settings are described with.
 */
export function schemaProblems(schema: JsonSchema, defaults: Readonly<Record<string, unknown>>): string[] {
  const members = (schema['properties'] ?? {}) as Record<string, MemberSchema>;
  const required = (schema['required'] ?? []) as readonly string[];
  return [
    ...required.filter((name) => defaults[name] === undefined).map((name) => `${name} is required and has no default`),
    ...Object.keys(defaults)
      .filter((name) => members[name] === undefined)
      .map((name) => `${name} has no description: decorate it with the rules of class-validator`),
    ...Object.entries(members).flatMap(([name, member]) => memberProblems(name, member, defaults[name])),
  ];
}

function memberProblems(name: string, member: MemberSchema, value: unknown): string[] {
  if (value === undefined) return [];
  const size = typeof value === 'string' ? value.length : Number.NaN;
  const number = typeof value === 'number' ? value : Number.NaN;
  const isWrong =
    !isOfType(value, member.type) ||
    member.enum?.includes(value) === false ||
    number < (member.minimum ?? Number.NEGATIVE_INFINITY) ||
    number > (member.maximum ?? Number.POSITIVE_INFINITY) ||
    size < (member.minLength ?? 0) ||
    size > (member.maxLength ?? Number.POSITIVE_INFINITY);
  return isWrong ? [`the default of ${name}, ${JSON.stringify(value)}, is not as ${JSON.stringify(member)} says`] : [];
}

function isOfType(value: unknown, type: string | undefined): boolean {
  switch (type) {
    case undefined:
      return true;
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}
