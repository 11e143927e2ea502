import cors, { type FastifyCorsOptions } from '@fastify/cors';
import { isAdminUrl, refuseAdminUrl } from '@device-messaging/admin-api';
import { fastify, type FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { addHealthRoutes } from './health-routes.js';
import type { HttpListenerOptions } from './http-listener-options.js';
import { refuseClient, refuseTheRest, sendRefusal } from './http-refusals.js';
import { addMetricsRoute } from './metrics-route.js';
import { MQTT_PATH } from './web-socket-gate.js';

/** Longest part of a path: a token of 512 characters, each percent-encoded. */
const MAX_PARAM_LENGTH = 3 * 512;

/** Below it everything is the device API's. */
const DEVICE_PREFIX = '/api/v1';

/** What an HTTP port answers: health, metrics, administrators, devices. */
export function createHttpApp(server: Server | TlsServer, options: HttpListenerOptions): FastifyInstance {
  const { settings, readiness, metrics, logger } = options;
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    trustProxy: settings.trustProxy.length > 0 && [...settings.trustProxy],
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: ({ statusCode = 400 }, request, reply) =>
      isAdminUrl(request.url) ? refuseAdminUrl(reply, statusCode) : sendRefusal(reply, statusCode),
    clientErrorHandler: refuseClient,
    serverFactory: (handler) => server.on('request', handler) as Server,
  });
  refuseTheRest(app, logger);
  if (settings.corsOrigins.length > 0) letPagesIn(app, settings.corsOrigins);
  addHealthRoutes(app, readiness);
  if (metrics !== undefined) addMetricsRoute(app, metrics);
  app.get(MQTT_PATH, (_request, reply) =>
    reply.code(426).headers({ upgrade: 'websocket' }).send({ error: 'This path takes WebSocket, subprotocol mqtt.' }),
  );
  addAdministrators(app, options);
  addDevices(app, options);
  return app;
}

function addAdministrators(app: FastifyInstance, { admin, adminRequests }: HttpListenerOptions): void {
  app.register(async (scope) => {
    adminRequests.watch(scope);
    await scope.register(admin);
  });
}

function addDevices(app: FastifyInstance, { devices, tls }: HttpListenerOptions): void {
  const { authorityTenantId } = tls ?? {};
  app.register(devices.routes, authorityTenantId === undefined ? {} : { authorityTenantId });
  app.register(
    (scope, _options, done) => {
      // Without it a device that mistypes a path would be answered by the admin API, which has all else below `/api`.
      scope.setNotFoundHandler((_request, reply) => sendRefusal(reply, 404));
      // At once: no body is read for a path that is not there, nor is one found fault with.
      scope.addHook('onRequest', (_request, reply) => sendRefusal(reply, 404));
      done();
    },
    { prefix: DEVICE_PREFIX },
  );
}

/**
 * CORS. Tokens travel in the path or in a header that a page sets itself: there are no cookies to protect, and a page of
 * another origin can do nothing in anybody's name.
 */
function letPagesIn(app: FastifyInstance, origins: readonly string[]): void {
  const origin = origins.includes('*') ? '*' : [...origins];
  const devices: FastifyCorsOptions = { origin, methods: ['GET', 'POST'] };
  const administrators: FastifyCorsOptions = {
    origin,
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['authorization', 'x-authorization', 'content-type', 'if-match', 'x-request-id'],
    exposedHeaders: ['etag', 'retry-after', 'x-request-id'],
  };
  app.register(cors, {
    delegator: (request, done) => done(null, isAdminUrl(request.url) ? administrators : devices),
  });
}
