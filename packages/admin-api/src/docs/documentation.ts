import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { refuseOtherMethods } from '../http/other-methods.js';
import type { AnyOperation } from '../http/operation.js';
import { completeDocument } from './complete-document.js';
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

const METHOD = 'GET';

/** The OpenAPI document, and a page that shows it. Anyone may read them: they hold nothing of anybody. */
export function addDocumentation(app: FastifyInstance, operations: readonly AnyOperation[]): void {
  let made: { readonly text: string; readonly page: string } | undefined;
  const documentation = (): NonNullable<typeof made> => {
    if (made === undefined) {
      const document = completeDocument(app.swagger(), operations);
      made = { text: JSON.stringify(document), page: documentationPage(document) };
    }
    return made;
  };
  app.route({
    method: METHOD,
    url: '/openapi.json',
    schema: { hide: true },
    exposeHeadRoute: true,
    handler: (_request, reply) =>
      reply.header('content-type', 'application/json; charset=utf-8').send(documentation().text),
  });
  app.route({
    method: METHOD,
    url: '/docs',
    schema: { hide: true },
    exposeHeadRoute: true,
    handler: (_request, reply) =>
      reply
        .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY })
        .send(documentation().page),
  });
  for (const path of ['/openapi.json', '/docs']) refuseOtherMethods(app, path, [METHOD]);
}
