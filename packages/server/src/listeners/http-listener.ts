import { createServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { TlsMaterial } from '../tls/tls-files.js';
import { CLIENT_CERTIFICATES, HANDSHAKE_TIMEOUT_MS } from '../tls/tls-policy.js';
import type { BoundAddress } from './bound-address.js';
import { createHttpApp } from './http-app.js';
import type { HttpListenerOptions } from './http-listener-options.js';
import { pendingResponse } from './http-refusals.js';
import { listenError, type ListenAttempt } from './listen-error.js';
import { OpenSockets } from './open-sockets.js';
import { isWebSocketHandshake, withoutUpgrade } from './upgrade-request.js';

/** Ms that a connection may wait for its next request. */
const KEEP_ALIVE_MS = 72_000;

/** Ms between two looks at connections that may be too slow. */
const CHECK_EVERY_MS = 1_000;

/** One HTTP port, or HTTPS port: health, metrics, devices, administrators, WebSocket. */
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
    this.app = createHttpApp(this.server, options);
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
