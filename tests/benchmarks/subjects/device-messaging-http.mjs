// Our server over HTTP.
import { fastify } from 'fastify';
import { HttpTransport } from '@device-messaging/transport-http';
import { startHost } from './our-host.mjs';
import { serve } from './serve.mjs';

const transport = new HttpTransport();
await startHost(transport);
const app = fastify({ logger: false });
await app.register(transport.routes);
await app.ready();
serve(app.server);
