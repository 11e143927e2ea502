import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { documentationPage, PAGE_POLICY } from './documentation-page.js';

/** What the OpenAPI document says besides the operations. */
export const OPENAPI: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'Device Messaging: admin API',
    version: '1',
    description:
      'What tenants and operators call. Lists are pages: `limit`, `after`, `next`. Refusals are RFC 9457. `ETag` is ' +
      'given, `If-Match` is honoured and never required. Unknown members are refused. Ids are UUIDs, in any case.',
  },
  security: [{ accessToken: [] }, { thingsBoard: [] }],
  components: {
    securitySchemes: {
      accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      thingsBoard: {
        type: 'apiKey',
        in: 'header',
        name: 'X-Authorization',
        description: '`Bearer <token>`, as clients of ThingsBoard send it.',
      },
    },
  },
};

/** The OpenAPI document, and a page that shows it. Anyone may read them: they hold nothing of anybody. */
export function addDocumentation(app: FastifyInstance): void {
  let page: string | undefined;
  app.route({
    method: 'GET',
    url: '/openapi.json',
    schema: { hide: true },
    handler: (_request, reply) =>
      reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(app.swagger())),
  });
  app.route({
    method: 'GET',
    url: '/docs',
    schema: { hide: true },
    handler: (_request, reply) =>
      reply
        .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY })
        .send((page ??= documentationPage(app.swagger()))),
  });
}
