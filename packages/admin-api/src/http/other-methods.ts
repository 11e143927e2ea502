import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem } from '../problem/problem.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** RFC 9110 section 15.5.6: a path that is there says what it takes. Whoever takes GET takes HEAD. */
export function refuseOtherMethods(app: FastifyInstance, path: string, allowed: readonly string[]): void {
  const known = allowed.includes('GET') ? ['HEAD', ...allowed] : allowed;
  const allow = known.join(', ');
  app.route({
    method: METHODS.filter((method) => !known.includes(method)),
    url: path,
    schema: { hide: true },
    onRequest: (_request, _reply, done) => done(new Problem(405, `This path takes ${allow}.`, { headers: { allow } })),
    handler: () => undefined,
  });
}
