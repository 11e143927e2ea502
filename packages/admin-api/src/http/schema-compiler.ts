import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import type { FastifySchemaCompiler } from 'fastify';

const RULES = { allErrors: true, strict: true, allowUnionTypes: true, strictTypes: false } as const;

/** Bodies are taken as they are or refused: a text is no number, and nothing is added or removed. */
const bodies = withOwnKeywords(new Ajv2020({ ...RULES, coerceTypes: false, useDefaults: false }));
/** Everything in a URL is text. */
const urls = withOwnKeywords(new Ajv2020({ ...RULES, coerceTypes: true, useDefaults: true }));

/** The validators of fastify's routes, from the schemas that the OpenAPI document shows. */
export const compileSchema: FastifySchemaCompiler<AnySchema> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? bodies : urls).compile(schema);

/** Settings are stored as JSON: PostgreSQL has no place for U+0000, and no database one for half a surrogate pair. */
function withOwnKeywords(ajv: Ajv2020): Ajv2020 {
  ajv.addKeyword({
    keyword: 'x-storable',
    schemaType: 'boolean',
    error: { message: 'must not hold U+0000 or half of a surrogate pair' },
    validate: (_on: boolean, value: unknown) => isStorable(value),
  });
  return ajv;
}

const UNSTORABLE = /[\0\p{Cs}]/u;

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !UNSTORABLE.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([member, content]) => isStorable(member) && isStorable(content));
}
