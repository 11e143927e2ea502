import type { AnyOperation } from '../http/operation.js';
import { PROBLEM } from '../schemas/problem.js';

/** The parts of an OpenAPI document that are completed. */
interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  components?: { schemas?: Record<string, unknown> };
}

interface DescribedOperation {
  readonly operationId?: string;
  requestBody?: { required?: boolean; readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
  readonly responses?: Record<string, { readonly description?: string; content?: unknown }>;
}

const REFUSAL = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

/**
 * What the schemas of routes do not say: that refusals all look the same, which bodies may be absent, and what bodies
 * are that no schema is about.
 */
export function completeDocument(document: object, operations: readonly AnyOperation[]): object {
  const described = document as Document;
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  for (const operation of Object.values(described.paths ?? {}).flatMap((methods) => Object.values(methods))) {
    const { body, streamedBody } = byId.get(operation.operationId ?? '') ?? {};
    if (streamedBody !== undefined) {
      operation.requestBody = {
        required: true,
        content: { [streamedBody.mediaType]: { schema: streamedBody.schema ?? { type: 'string' } } },
      };
    }
    const { requestBody, responses = {} } = operation;
    if (requestBody !== undefined && Array.isArray(body?.type) && body.type.includes('null'))
      requestBody.required = false;
    for (const [status, response] of Object.entries(responses)) {
      if (Number(status) >= 400) response.content = REFUSAL;
      // Swagger writes a schema of `null` for an answer without a body.
      else if (status === '204') delete response.content;
    }
  }
  described.components = { ...described.components, schemas: { ...described.components?.schemas, Problem: PROBLEM } };
  return document;
}
