import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../readiness.js';

/** Whether the process lives, and whether it accepts devices: for load balancers and supervisors. */
export function addHealthRoutes(app: FastifyInstance, readiness: Readiness): void {
  app.route({ method: ['GET', 'HEAD'], url: '/health/live', handler: () => ({ status: 'ok' }) });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/health/ready',
    handler: async (_request, reply) => {
      const { state } = readiness;
      await reply.code(state === 'ok' ? 200 : 503).send({ status: state });
    },
  });
  app.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/health/:what',
    handler: (_request, reply) =>
      void reply.code(405).header('allow', 'GET, HEAD').send({ error: 'This path takes GET and HEAD.' }),
  });
}
