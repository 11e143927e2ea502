import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '@device-messaging/plugin-api';
import type { FastifyInstance, FastifyReply } from 'fastify';

/*
 * Bodies of refusals never repeat what was asked: tokens stand in paths.
 */

/** What is said about requests that fastify finds wrong, by status. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'Invalid request: the URL cannot be read',
  404: 'There is nothing at this path.',
  414: 'Invalid request: a part of the path is too long',
  500: 'Internal server error!',
};

/** How long a connection whose request is refused may take to read why, ms. */
const REFUSAL_MS = 1_000;

/** Answers an error with its status and a body that does not quote it. */
export function sendRefusal(reply: FastifyReply, status: number): void {
  const error = REASONS[status] ?? `Invalid request: ${STATUS_CODES[status] ?? 'it cannot be taken'}`;
  void reply.code(status).send({ error });
}

/** Refuses what no route takes, and what goes wrong in one. */
export function refuseTheRest(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler((_request, reply) => sendRefusal(reply, 404));
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode = 500 } = error as { statusCode?: number };
    if (statusCode >= 500) logger.error('A request over HTTP failed', { error });
    sendRefusal(reply, statusCode < 400 ? 500 : statusCode);
  });
}

const refused = new WeakSet<Socket>();

/** Answers a request that is no HTTP, is cut off, or comes too slowly, and closes its connection. */
export function refuseClient(error: NodeJS.ErrnoException, socket: Socket): void {
  // Whatever else comes is no HTTP either; closing at once would reset the connection before the answer is read.
  if (refused.has(socket)) return;
  const status = CLIENT_ERRORS[error.code ?? ''] ?? (error.code?.startsWith('HPE_') === true ? 400 : undefined);
  if (status === undefined || !socket.writable || isOwedAnotherAnswer(socket)) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ error: `Invalid request: ${STATUS_CODES[status]}` });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  refused.add(socket);
  setTimeout(() => socket.destroy(), REFUSAL_MS).unref();
}

const CLIENT_ERRORS: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Whether what is written now would be taken for the answer to a request before the one that is refused. */
function isOwedAnotherAnswer(socket: Socket): boolean {
  const pending = pendingResponse(socket);
  return pending !== undefined && (pending.headersSent || pending.req.complete);
}

/** The response that is being written, or comes next. */
export function pendingResponse(socket: Socket): ServerResponse | undefined {
  // Node's own refusal asks the same member; there is no public way to know.
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}
