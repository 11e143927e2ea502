import cors from '@fastify/cors';
import { createServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from '@device-messaging/plugin-api';
import type { HttpTransport } from '@device-messaging/transport-http';
import { fastify, type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import type { Readiness } from '../readiness.js';
import type { HttpSettings } from '../settings/http-settings.js';
import type { TlsMaterial } from '../tls/tls-files.js';
import { CLIENT_CERTIFICATES, HANDSHAKE_TIMEOUT_MS, type ListenerTls } from '../tls/tls-policy.js';
import type { BoundAddress } from './bound-address.js';
import { addHealthRoutes } from './health-routes.js';
import { pendingResponse, refuseClient, refuseTheRest, sendRefusal } from './http-refusals.js';
import { listenError, type ListenAttempt } from './listen-error.js';
import { OpenSockets } from './open-sockets.js';
import { isWebSocketHandshake, withoutUpgrade } from './upgrade-request.js';
import { MQTT_PATH, type WebSocketGate } from './web-socket-gate.js';

/** Longest part of a path: a token of 512 characters, each percent-encoded. */
const MAX_PARAM_LENGTH = 3 * 512;

/** Ms that a connection may wait for its next request. */
const KEEP_ALIVE_MS = 72_000;

/** Ms between two looks at connections that may be too slow. */
const CHECK_EVERY_MS = 1_000;

/** What an HTTP port offers. */
export interface HttpListenerOptions {
  readonly settings: HttpSettings;
  readonly readiness: Readiness;
  readonly devices: HttpTransport;
  readonly admin: FastifyPluginAsync;
  readonly webSockets: WebSocketGate;
  readonly logger: Logger;
  /** Makes it HTTPS. */
  readonly tls?: ListenerTls | undefined;
}

/** One HTTP port, or HTTPS port: health, devices, administrators, WebSocket. */
export class HttpListener {
  private readonly server: Server | TlsServer;
  private readonly app: FastifyInstance;
  private readonly sockets: OpenSockets;

  constructor(
    private readonly attempt: ListenAttempt,
    private readonly options: HttpListenerOptions,
  ) {
    this.server = createHttpServer(options);
    this.sockets = new OpenSockets(this.server);
    this.app = createApp(this.server, options);
    this.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      // Its answer would come before those to the requests that it was pipelined behind.
      if (pendingResponse(socket) !== undefined) socket.destroy();
      else if (isWebSocketHandshake(request)) options.webSockets.handle(request, socket, head);
      else this.takeAsHttp(request, socket, head);
    });
  }

  /** @throws StartError saying why not, and what to do. */
  async listen(): Promise<BoundAddress> {
    const { bindAddress, bindPort } = this.attempt;
    try {
      await this.app.listen({ host: bindAddress, port: bindPort });
    } catch (error) {
      throw listenError(this.attempt, error);
    }
    this.server.on('error', (error: Error) => {
      this.options.logger.error('A listener failed', { protocol: this.attempt.protocol, error });
    });
    const { address, port } = this.server.address() as AddressInfo;
    return { address, port };
  }

  /** From the next handshake on. */
  use(material: TlsMaterial): void {
    if ('setSecureContext' in this.server) this.server.setSecureContext(material);
  }

  async close(): Promise<void> {
    this.server.close();
    // What was answered in this turn gets out; then nobody is waited for, be it a handshake or a refusal.
    await new Promise(setImmediate);
    this.sockets.destroy();
    await this.app.close();
  }

  /**
   * A server may decline to change the protocol (RFC 9110 section 7.8); some clients offer h2c with every request. The
   * parser has let go of this one, so it is read once more, without the offer.
   */
  private takeAsHttp(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.unshift(Buffer.concat([withoutUpgrade(request), head]));
    this.server.emit(this.options.tls === undefined ? 'connection' : 'secureConnection', socket);
  }
}

function createHttpServer({ settings, tls }: HttpListenerOptions): Server | TlsServer {
  const options: ServerOptions = {
    noDelay: true,
    headersTimeout: Math.min(settings.headersTimeoutMs, settings.requestTimeoutMs),
    requestTimeout: settings.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
  };
  if (tls === undefined) return createServer(options);
  const policy = { ...CLIENT_CERTIFICATES, handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
  return createTlsServer({ ...options, ...tls.material, ...policy });
}

function createApp(server: Server | TlsServer, options: HttpListenerOptions): FastifyInstance {
  const { settings, readiness, devices, admin, logger, tls } = options;
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error, _request, reply) => sendRefusal(reply, error.statusCode ?? 400),
    clientErrorHandler: refuseClient,
    serverFactory: (handler) => server.on('request', handler) as Server,
  });
  refuseTheRest(app, logger);
  const { corsOrigins } = settings;
  if (corsOrigins.length > 0) {
    // Tokens travel in the path or in a header that a page sets itself: there are no cookies to protect.
    app.register(cors, { origin: corsOrigins.includes('*') ? '*' : [...corsOrigins], methods: ['GET', 'POST'] });
  }
  addHealthRoutes(app, readiness);
  app.get(MQTT_PATH, (_request, reply) =>
    reply.code(426).headers({ upgrade: 'websocket' }).send({ error: 'This path takes WebSocket, subprotocol mqtt.' }),
  );
  app.register(admin);
  const { authorityTenantId } = tls ?? {};
  app.register(devices.routes, authorityTenantId === undefined ? {} : { authorityTenantId });
  return app;
}
