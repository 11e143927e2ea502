// The floor of HTTP with fastify: one route that answers with the body that came.
import { fastify } from 'fastify';
import { serve } from './serve.mjs';

const app = fastify({ logger: false });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.post('/api/v1/:token/rpc', (request, reply) => {
  reply.header('content-type', 'application/json; charset=utf-8').send(request.body);
});
await app.ready();
serve(app.server);
