import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Ids that clients give their requests; what looks different is replaced, so that logs stay readable. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** Every answer says which request it answers, refusals, too. */
export function giveRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    nameRequest(request, reply);
    done();
  });
}

/** Gives a request its id, and its answer the headers that all answers have. */
export function nameRequest(request: FastifyRequest, reply: FastifyReply): void {
  const given = request.headers['x-request-id'];
  request.id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  reply.headers({
    'x-request-id': request.id,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
}
