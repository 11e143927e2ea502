import type { Logger } from '@device-messaging/plugin-api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Methods that change nothing. */
const HARMLESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * One line for each change, and for each request that was refused, failed, or was left by its client before the answer.
 * The route is told, never the path: whatever somebody wrote there.
 */
export function logRequests(app: FastifyInstance, logger: Logger): void {
  app.addHook('onRequest', (request, reply, done) => {
    // Also when the client has gone: `onResponse` is silent then, and the change was made all the same.
    reply.raw.once('close', () => logRequest(request, reply, logger));
    done();
  });
}

function logRequest(request: FastifyRequest, { raw }: FastifyReply, logger: Logger): void {
  const { method, caller, id: requestId, ip: address, routeOptions } = request;
  const status = raw.headersSent ? raw.statusCode : undefined;
  const fields = { requestId, method, route: routeOptions.url, status, address, userId: caller?.userId };
  if (status === undefined) logger.info('An administrator left before the answer', fields);
  else if (status >= 400) logger.info("An administrator's request was refused", fields);
  else if (!HARMLESS.has(method)) logger.info("An administrator's request was carried out", fields);
}
