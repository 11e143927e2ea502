import type { FastifyInstance } from 'fastify';
import type { MetricsPage } from '../metrics/metrics-page.js';

/** Where metrics are, on whichever port. */
const METRICS_PATH = '/metrics';

/** Version 0.0.4 is the text format that every Prometheus reads, and the only one that is spoken here. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** `/metrics`, for Prometheus. */
export function addMetricsRoute(app: FastifyInstance, page: MetricsPage): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: METRICS_PATH,
    handler: async (_request, reply) => {
      const text = await page.text();
      return reply.headers({ 'content-type': CONTENT_TYPE, 'cache-control': 'no-store' }).send(text);
    },
  });
  app.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE'],
    url: METRICS_PATH,
    handler: (_request, reply) =>
      void reply.code(405).header('allow', 'GET, HEAD').send({ error: 'This path takes GET and HEAD.' }),
  });
}
