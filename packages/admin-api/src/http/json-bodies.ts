import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readJson, utf8 } from './read-json.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The JSON body as it came, for members that are passed on verbatim. */
    bodyText: string;
  }
}

/** JSON is the only thing that paths take, unless they say otherwise; bodies are never converted. */
export function takeJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.decorateRequest('bodyText', '');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request: FastifyRequest, body, done) => {
    try {
      request.bodyText = utf8(body as Buffer);
      // An announced body that is empty is none: clients name the type of everything they send.
      done(null, request.bodyText === '' ? undefined : readJson(request.bodyText));
    } catch (error) {
      done(error as Error);
    }
  });
}
