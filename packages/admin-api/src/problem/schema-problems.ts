import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import { UUID_PATTERN } from '../schemas/schema.js';
import type { RequestProblem } from './problem.js';

/** A request can be wrong in thousands of places; nobody reads more. */
const MAX_PROBLEMS = 20;
/** Longest member name that is repeated. */
const MAX_NAME = 60;

/** What a schema found wrong, with paths as people write them. Values are never repeated: one of them is a password. */
export function schemaProblems(errors: readonly FastifySchemaValidationError[]): readonly RequestProblem[] {
  return errors
    .filter(({ keyword }) => keyword !== 'if')
    .slice(0, MAX_PROBLEMS)
    .map((error) => ({ path: pathOf(error), message: messageOf(error) }));
}

function pathOf({ instancePath, params }: FastifySchemaValidationError): string {
  const parts = instancePath.split('/').slice(1).map(unescapePointer);
  const member = params.missingProperty ?? params.additionalProperty;
  if (typeof member === 'string') parts.push(member);
  return parts.map(shortened).join('.');
}

function messageOf({ keyword, params, message }: FastifySchemaValidationError): string {
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return 'is not known';
    case 'enum':
      return `must be one of ${(params.allowedValues as readonly unknown[]).join(', ')}`;
    case 'pattern':
      return params.pattern === UUID_PATTERN ? 'must be a UUID' : 'must be one line of text without control characters';
    case 'type':
      return `must be ${[params.type].flat().join(' or ')}`;
    default:
      return message ?? 'is not valid';
  }
}

/** RFC 6901 section 4. */
function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function shortened(part: string): string {
  return part.length > MAX_NAME ? `${part.slice(0, MAX_NAME)}…` : part;
}
