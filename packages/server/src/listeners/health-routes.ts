import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../readiness.js';

/** Whether the process lives, and whether it accepts devices: for load balancers and supervisors. */
export function addHealthRoutes(app: FastifyInstance, readiness: Readiness): void {
  app.route({ method: ['GET', 'HEAD'], url: '/health/live', handler: () => ({ status: 'ok' }) });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/health/ready',
    handler: async (_request, reply) => {
      const { state, acceptsDevices } = readiness;
      // Degraded is no reason to turn devices away: what a database knew is in memory, and every node misses it alike.
      await reply
        .code(acceptsDevices ? 200 : 503)
        .send(state === 'degraded' ? { status: state, reasons: readiness.reasons } : { status: state });
    },
  });
  app.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/health/:what',
    handler: (_request, reply) =>
      void reply.code(405).header('allow', 'GET, HEAD').send({ error: 'This path takes GET and HEAD.' }),
  });
}
