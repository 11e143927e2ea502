import type { JsonSchema, Settings } from '@device-messaging/host-api';

declare const VALUE: unique symbol;

/** A JSON Schema together with the type of the values that it accepts, so that each shape is written once. */
export type Schema<T> = JsonSchema & { readonly [VALUE]?: T };

/** The type of the values that a schema accepts. */
export type ValueOf<S> = S extends Schema<infer T> ? T : never;

/** A member of an object that may be absent. */
export interface Optional<T> {
  readonly optional: Schema<T>;
}

type Properties = Readonly<Record<string, JsonSchema | Optional<unknown>>>;

type ObjectOf<P extends Properties> = {
  readonly [K in keyof P as P[K] extends Optional<unknown> ? never : K]: ValueOf<P[K]>;
} & {
  readonly [K in keyof P as P[K] extends Optional<unknown> ? K : never]?: P[K] extends Optional<infer T> ? T : never;
};

/** What JSON Schema says about any value, for documents. */
interface Notes {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

export interface TextRules extends Notes {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly writeOnly?: boolean;
}

/** Every text has a longest length: patterns are linear, and what is stored is bounded. */
export function text({ maxLength = 255, ...rules }: TextRules = {}): Schema<string> {
  return { type: 'string', maxLength, ...rules };
}

/** Not a control character, nor half of a surrogate pair: databases and terminals agree on everything else. */
const PRINTABLE = '^[^\\p{Cc}\\p{Cs}]*$';

/** A name that people read: one line, not blank. */
export function name(rules: TextRules = {}): Schema<string> {
  return text({ minLength: 1, pattern: PRINTABLE, ...rules });
}

export const UUID_PATTERN = '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$';

export function uuid(notes: Notes = {}): Schema<string> {
  return { type: 'string', pattern: UUID_PATTERN, ...notes };
}

export function integer(minimum: number, maximum: number, notes: Notes = {}): Schema<number> {
  return { type: 'integer', minimum, maximum, ...notes };
}

export function positiveNumber(maximum: number, notes: Notes = {}): Schema<number> {
  return { type: 'number', exclusiveMinimum: 0, maximum, ...notes };
}

export function boolean(notes: Notes = {}): Schema<boolean> {
  return { type: 'boolean', ...notes };
}

export function oneOf<const V extends readonly string[]>(values: V, notes: Notes = {}): Schema<V[number]> {
  return { type: 'string', enum: values, ...notes };
}

export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  return { ...schema, type: [schema.type, 'null'] };
}

export function list<T>(items: Schema<T>, maxItems: number, notes: Notes = {}): Schema<readonly T[]> {
  return { type: 'array', items, maxItems, ...notes };
}

/** An object with members of any name. */
export function byName<T>(
  values: Schema<T>,
  rules: Notes & { readonly propertyNames?: JsonSchema } = {},
): Schema<Readonly<Record<string, T>>> {
  return { type: 'object', additionalProperties: values, ...rules };
}

/** Settings as their component's own schema wants them; the host checks them. */
export function settings(notes: Notes = {}): Schema<Settings> {
  return { type: 'object', 'x-storable': true, ...notes };
}

/** Any JSON value. */
export function anything(notes: Notes = {}): Schema<unknown> {
  return { ...notes };
}

export function optional<T>(schema: Schema<T>): Optional<T> {
  return { optional: schema };
}

/** An object with these members and no others. */
export function object<const P extends Properties>(properties: P, notes: Notes = {}): Schema<ObjectOf<P>> {
  const schemas: Record<string, unknown> = {};
  const required: string[] = [];
  for (const [member, property] of Object.entries(properties)) {
    if ('optional' in property) schemas[member] = property.optional;
    else {
      schemas[member] = property;
      required.push(member);
    }
  }
  return { type: 'object', properties: schemas, required, additionalProperties: false, ...notes };
}
