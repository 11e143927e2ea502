import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Trace } from '../audit/trace.js';
import type { Authenticator } from '../auth/authenticator.js';
import type { Caller } from '../auth/caller.js';
import { describeOperation } from '../docs/describe-operation.js';
import { forbidden, Problem } from '../problem/problem.js';
import { Answer } from './answer.js';
import type { AnyOperation } from './operation.js';
import { refuseOtherMethods } from './other-methods.js';
import { StreamedBody } from './streamed-body.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; `undefined` on paths that anyone may ask. */
    caller: Caller | undefined;
  }
}

/** Makes routes of operations; every other method of their paths is refused with 405. */
export function addOperations(
  app: FastifyInstance,
  operations: readonly AnyOperation[],
  authenticator: Authenticator,
  maxBodyBytes: number,
): void {
  app.decorateRequest('caller', undefined);
  for (const operation of operations) {
    if (operation.streamedBody === undefined) addRoute(app, operation, authenticator, maxBodyBytes);
    else addStreamedRoute(app, operation, authenticator, maxBodyBytes);
  }
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const allowed = operations.filter((operation) => operation.path === path).map(({ method }) => method);
    refuseOtherMethods(app, path, allowed);
  }
}

function addRoute(app: FastifyInstance, operation: AnyOperation, authenticator: Authenticator, max: number): void {
  const { method, path, roles, params, query, body, streamedBody } = operation;
  const letIn = async (request: FastifyRequest): Promise<void> => {
    refuseEncodings(request);
    if (roles === 'anyone') return;
    request.caller = await authenticator.authenticate(request.headers);
    if (!roles.includes(request.caller.role)) throw forbidden();
  };
  app.route({
    method,
    url: path,
    exposeHeadRoute: method === 'GET',
    bodyLimit: streamedBody?.maxBytes ?? operation.maxBodyBytes ?? max,
    schema: {
      ...(params === undefined ? {} : { params }),
      // Unknown members are an error in a query, too.
      querystring: query ?? NO_QUERY,
      ...(body === undefined ? {} : { body }),
      ...describeOperation(operation),
    },
    // Before the body is read: whoever is refused sends nothing that is kept.
    onRequest: letIn,
    handler: async (request, reply) => {
      let result: unknown;
      try {
        result = await operation.handle(adminRequest(request));
      } finally {
        if (request.body instanceof StreamedBody) request.body.discard();
      }
      return send(reply, result);
    },
  });
}

/** In a scope of its own: no other path takes this type, and this path takes no other. */
function addStreamedRoute(app: FastifyInstance, operation: AnyOperation, authenticator: Authenticator, max: number) {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(operation.streamedBody?.mediaType ?? '', (_request, payload, take) =>
      take(null, new StreamedBody(payload)),
    );
    addRoute(scope, operation, authenticator, max);
    done();
  });
}

const NO_QUERY = { type: 'object', properties: {}, additionalProperties: false };

function adminRequest(request: FastifyRequest): Parameters<AnyOperation['handle']>[0] {
  return {
    // Handlers of paths that anyone may ask do not look at it.
    caller: request.caller as Caller,
    params: request.params,
    query: request.query,
    body: request.body,
    bodyText: request.bodyText,
    ifMatch: request.headers['if-match'],
    trace: traceOf(request),
  };
}

function traceOf({ id, ip }: FastifyRequest): Trace {
  return { requestId: id, address: ip };
}

function send(reply: FastifyReply, result: unknown): FastifyReply {
  const { status, body, headers } = result instanceof Answer ? result : new Answer(200, result);
  reply.code(status).headers(headers);
  if (status === 204 || body instanceof Readable || typeof body === 'string') return reply.send(body);
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

/** Fastify would take compressed bytes for the body itself. */
function refuseEncodings({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Problem(415, 'Send the body without Content-Encoding.', { headers: { 'accept-encoding': 'identity' } });
  }
}
