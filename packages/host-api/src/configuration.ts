import 'reflect-metadata';
import type { Constructor } from '@device-messaging/plugin-api';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';

/** One thing that is wrong with a configuration. */
export interface ConfigurationProblem {
  /** Where, as a path of members: `limits.maxTimeout`. */
  readonly path: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** A configuration that its class does not accept. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '));
  }
}

/**
 * Reads settings into a new instance of their class-validator class: absent members keep their initialisers, unknown
 * members are errors. The result is deeply frozen, so that it can be shared.
 * @throws ConfigurationError naming every problem with its path.
 */
export function readConfiguration<T extends object>(type: Constructor<T>, settings: unknown): T {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new ConfigurationError([{ path: '', message: 'a configuration must be an object' }]);
  }
  const configuration = plainToInstance(type, settings, { exposeDefaultValues: true });
  const problems = isDeclared(type)
    ? problemsOf(
        validateSync(configuration, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true }),
      )
    : Object.keys(settings).map((path) => ({ path, message: 'is not known; this configuration has no members' }));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return deepFreeze(configuration);
}

/** class-validator takes a class without a single rule for an unknown value; such a class simply has no settings. */
function isDeclared(type: Constructor): boolean {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', true, false).length > 0;
}

function problemsOf(errors: readonly ValidationError[], parent = ''): ConfigurationProblem[] {
  return errors.flatMap((error) => {
    const path = parent === '' ? error.property : `${parent}.${error.property}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      path,
      message: rule === 'whitelistValidation' ? 'is not known' : message,
    }));
    return [...own, ...problemsOf(error.children ?? [], path)];
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** A JSON Schema (draft 2020-12 vocabulary) object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of a configuration class: its rules, and the defaults of its initialisers. */
export function configurationSchema(type: Constructor): JsonSchema {
  if (!isDeclared(type)) return { type: 'object', properties: {}, additionalProperties: false };
  const derived = targetConstructorToSchema(type) as { properties?: Record<string, object>; required?: string[] };
  const defaults = new type() as Record<string, unknown>;
  const properties = Object.fromEntries(
    Object.entries(derived.properties ?? {}).map(([member, schema]) => [
      member,
      defaults[member] === undefined ? schema : { ...schema, default: defaults[member] },
    ]),
  );
  const required = (derived.required ?? []).filter((member) => defaults[member] === undefined);
  return { ...derived, properties, required, additionalProperties: false };
}
