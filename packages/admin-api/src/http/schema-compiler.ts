import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import type { FastifySchemaCompiler } from 'fastify';
import type { FastifyValidationResult } from 'fastify/types/schema.js';

const RULES = { strict: true, allowUnionTypes: true, strictTypes: false } as const;
/** Bodies are taken as they are or refused: a text is no number, and nothing is added or removed. */
const AS_IT_IS = { ...RULES, coerceTypes: false, useDefaults: false } as const;

const bodies = withOwnKeywords(new Ajv2020({ ...AS_IT_IS, allErrors: false }));
const bodiesInDetail = withOwnKeywords(new Ajv2020({ ...AS_IT_IS, allErrors: true }));
/** Everything in a URL is text. */
const urls = withOwnKeywords(new Ajv2020({ ...RULES, allErrors: true, coerceTypes: true, useDefaults: true }));

/** Values in a body whose problems are all told. A large one that is wrong everywhere would cost a lot of memory. */
const MAX_VALUES_IN_DETAIL = 2_000;

/** The validators of fastify's routes, from the schemas that the OpenAPI document shows. */
export const compileSchema: FastifySchemaCompiler<AnySchema> = ({ schema, httpPart }) => {
  if (httpPart !== 'body') return urls.compile(schema);
  const first = bodies.compile(schema);
  const all = bodiesInDetail.compile(schema);
  const validate: FastifyValidationResult = (body: unknown) => {
    if (first(body)) return true;
    const judge = isSmall(body) ? all : first;
    void judge(body);
    validate.errors = judge.errors as NonNullable<FastifyValidationResult['errors']>;
    return false;
  };
  return validate;
};

function isSmall(body: unknown): boolean {
  let left = MAX_VALUES_IN_DETAIL;
  const visit = (value: unknown): boolean => {
    if (--left < 0) return false;
    return typeof value !== 'object' || value === null || Object.values(value).every(visit);
  };
  return visit(body);
}

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
