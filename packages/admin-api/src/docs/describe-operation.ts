import { STATUS_CODES } from 'node:http';
import type { AnyOperation } from '../http/operation.js';
import { PROBLEM } from '../schemas/problem.js';

/** Refusals that every operation with an access token has. */
const OF_ALL = [400, 500, 503];
const OF_CALLERS = [401, 403];

/** What the OpenAPI document says of an operation beside its schemas. */
export function describeOperation(operation: AnyOperation): object {
  const { id, summary, description, tag, roles, answer, refusals = [], params, streamedBody, body } = operation;
  const statuses = [
    ...OF_ALL,
    ...(roles === 'anyone' ? [] : OF_CALLERS),
    ...(params === undefined ? [] : [404]),
    ...(body === undefined && streamedBody === undefined ? [] : [413, 415]),
    ...refusals,
  ];
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    // OpenAPI 3.1: an empty list overrides the document's.
    ...(roles === 'anyone' ? { security: [] } : { 'x-roles': roles }),
    ...(streamedBody === undefined ? {} : { consumes: [streamedBody.mediaType] }),
    response: {
      [answer.status]: described(answer),
      ...Object.fromEntries([...new Set(statuses)].sort().map((status) => [status, refusal(status)])),
    },
  };
}

function described({ description, schema, mediaType = 'application/json' }: AnyOperation['answer']): object {
  return schema === undefined ? { description, type: 'null' } : { description, content: { [mediaType]: { schema } } };
}

function refusal(status: number): object {
  return {
    description: STATUS_CODES[status] ?? 'Refused',
    content: { 'application/problem+json': { schema: PROBLEM } },
  };
}
