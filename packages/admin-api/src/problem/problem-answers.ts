import { STATUS_CODES } from 'node:http';
import {
  ConfigurationError,
  RegistryError,
  UnavailableError,
  type RegistryErrorCode,
} from '@device-messaging/host-api';
import type { Logger } from '@device-messaging/plugin-api';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invalidAll, notFound, Problem, stale, unavailable } from './problem.js';
import { schemaProblems } from './schema-problems.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Answers everything that is refused, and everything that goes wrong, as RFC 9457 says. */
export function answerProblems(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem(404, 'There is nothing at this path.')));
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    // A problem was meant: its line in the log is the one of every refusal.
    if (problem.status >= 500 && !(error instanceof Problem))
      logger.error("An administrator's request failed", { error, ...traceOf(request) });
    if (reply.raw.headersSent) {
      // A stream that broke: its reader sees the end of the connection, not the end of a document.
      reply.raw.destroy();
      return;
    }
    // Of a stream that broke before its first byte: a browser would save the problem as the file.
    reply.removeHeader('content-disposition');
    sendProblem(reply, problem);
  });
}

function traceOf(request: FastifyRequest): { readonly requestId: string; readonly route: string | undefined } {
  return { requestId: request.id, route: request.routeOptions.url };
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  const { status, message: detail, extras } = problem;
  const type = extras.kind === undefined ? 'about:blank' : `urn:device-messaging:problem:${extras.kind}`;
  const body = { type, title: STATUS_CODES[status] ?? 'Error', status, detail, ...errorsOf(extras) };
  void reply
    .code(status)
    .headers({ ...extras.headers, 'content-type': PROBLEM_TYPE })
    .send(JSON.stringify(body));
}

function errorsOf({ errors }: Problem['extras']): Pick<Problem['extras'], 'errors'> {
  return errors === undefined ? {} : { errors };
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof UnavailableError) return unavailable();
  if (error instanceof RegistryError) return REGISTRY[error.code](error.message);
  if (error instanceof ConfigurationError) return invalidAll(error.problems);
  const { validation, validationContext, statusCode = 500, code } = error as Partial<FastifyError>;
  if (validation !== undefined) {
    // What is no UUID is the id of nothing.
    return validationContext === 'params' ? notFound('row') : invalidAll(schemaProblems(validation));
  }
  if (statusCode < 400 || statusCode >= 500) return new Problem(500, 'Internal server error!');
  return new Problem(statusCode, FRAMEWORK[code ?? ''] ?? `${STATUS_CODES[statusCode] ?? 'Not acceptable'}.`);
}

/** Refusals of the registry speak of the caller's own rows: whose they are was compared before. */
const REGISTRY: Readonly<Record<RegistryErrorCode, (message: string) => Problem>> = {
  NOT_FOUND: () => notFound('row'),
  ALREADY_EXISTS: (message) => new Problem(409, `${message}.`, { kind: 'already-exists' }),
  IN_USE: (message) => new Problem(409, `${message}.`, { kind: 'in-use' }),
  OVER_QUOTA: (message) => new Problem(409, `${message}.`, { kind: 'over-quota' }),
  INVALID: (message) => invalidAll([{ path: '', message }]),
  STALE: stale,
};

/** What fastify refuses, in words that say what to do. */
const FRAMEWORK: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The Content-Type is not one that this path takes.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as Content-Length says.',
};
