import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { certificateCredentials } from '@device-messaging/host-api';
import type { Logger } from '@device-messaging/plugin-api';
import type { ConnectionFacts } from '@device-messaging/transport-mqtt';
import { WebSocketServer, type WebSocket } from 'ws';
import { WebSocketStream } from './web-socket-stream.js';

/** Where MQTT is spoken over WebSocket. */
export const MQTT_PATH = '/mqtt';

/** The names of MQTT 3.1.1 and 5 (section 6.0), and of 3.1. */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'];

/** Pieces in which a message may come, so that many small ones do not cost more memory than one large one. */
const MAX_PIECES = 4_096;

/** How long a client that is refused may take to read why, ms. */
const REFUSAL_MS = 1_000;

/** What the gate opens to. */
export interface WebSocketGateOptions {
  /** Largest message, bytes; it is put together in memory before anything of it is read. */
  readonly maxMessageBytes: number;
  /** Whether devices are accepted now. */
  readonly isOpen: () => boolean;
  readonly accept: (stream: Duplex, facts: ConnectionFacts) => void;
  /** Whose devices the listener's certificate authority vouches for. */
  readonly authorityTenantId?: string | undefined;
  readonly logger: Logger;
}

/** Takes WebSocket handshakes (RFC 6455 section 4.2) and passes the streams on. */
export class WebSocketGate {
  private readonly server: WebSocketServer;

  constructor(private readonly options: WebSocketGateOptions) {
    this.server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.maxMessageBytes,
      maxFragments: MAX_PIECES,
      maxBufferedChunks: MAX_PIECES,
      handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
    });
    this.server.on('wsClientError', (error, socket) => refuse(socket, 400, error.message));
  }

  /** Answers a request that asks for WebSocket. The socket belongs to the gate from here on. */
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until a stream takes it over; what goes wrong with a refusal is the client's affair.
    socket.on('error', () => socket.destroy());
    const refusal = this.whyNot(request);
    if (refusal !== undefined) {
      refuse(socket, ...refusal);
      return;
    }
    this.server.handleUpgrade(request, socket, head, (webSocket) => this.open(webSocket, request));
  }

  private whyNot({ url = '', headers }: IncomingMessage): readonly [status: number, reason: string] | undefined {
    if (url.split('?', 1)[0] !== MQTT_PATH) return [404, `MQTT over WebSocket is at ${MQTT_PATH}.`];
    if (!this.options.isOpen()) return [503, 'The server does not accept devices now.'];
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!offered.some((name) => SUBPROTOCOLS.includes(name))) return [400, 'The subprotocol must be mqtt.'];
    return undefined;
  }

  private open(webSocket: WebSocket, { socket }: IncomingMessage): void {
    const { authorityTenantId, logger, accept } = this.options;
    const { remoteAddress } = socket;
    const certificate = certificateCredentials(socket, authorityTenantId);
    webSocket.on('error', (error) => logger.debug('A WebSocket failed', { remoteAddress, error }));
    accept(new WebSocketStream(webSocket), {
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
      ...(certificate === undefined ? {} : { certificate }),
    });
  }
}

function refuse(socket: Duplex, status: number, reason: string): void {
  const body = JSON.stringify({ error: reason });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 400 ? ['Sec-WebSocket-Version: 13'] : []),
    ...(status === 503 ? ['Retry-After: 1'] : []),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  // Closing a socket that has unread bytes would reset it, and the reset might overtake the answer.
  socket.resume();
  setTimeout(() => socket.destroy(), REFUSAL_MS).unref();
}
