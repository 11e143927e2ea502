import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { patienceOf, tlsOptionsOf, type ConnectOptions } from '../connect-options.js';
import { connectionFailure } from '../connection-failure.js';
import { DeviceClientError } from '../device-client-error.js';

/** What is sent beside method and path. */
export interface HttpSend {
  readonly body?: string | Uint8Array;
  readonly accept?: string;
  /** Called when the request is on its way to the server. */
  readonly onSent?: () => void;
}

/** A request under way. */
export interface OpenRequest {
  /** Its response, once the headers are there. Rejects with a {@link DeviceClientError}. */
  readonly response: Promise<IncomingMessage>;
  /** Breaks it off; the response rejects if it is still to come. */
  abort(): void;
}

/** The requests of one device to the paths below `/api/v1/me`, over connections that are kept open between them. */
export class HttpRequests {
  readonly where: string;
  private readonly agent: Agent;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly prefix: string;
  private readonly timeoutMs: number;

  constructor(
    private readonly url: URL,
    token: string,
    options: ConnectOptions,
  ) {
    const isSecure = url.protocol === 'https:';
    this.where = url.host;
    this.agent = isSecure
      ? new TlsAgent({ keepAlive: true, ...tlsOptionsOf(options) })
      : new Agent({ keepAlive: true });
    // In a header, not in the path: paths end up in the logs of proxies.
    this.headers = token === '' ? {} : { authorization: `Bearer ${token}` };
    this.prefix = `${url.pathname.replace(/\/+$/, '')}/api/v1/me`;
    this.timeoutMs = patienceOf(options).timeoutMs;
  }

  open(method: 'GET' | 'POST', path: string, { body, accept, onSent }: HttpSend = {}): OpenRequest {
    const headers = {
      ...this.headers,
      ...(accept === undefined ? {} : { accept }),
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const send = this.url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(this.url, { method, path: this.prefix + path, agent: this.agent, headers });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', (error) => reject(connectionFailure(this.where, error)));
      // Breaking a request off is an end without an error when its response has begun.
      request.once('close', () => reject(new DeviceClientError('closed', 'This device broke the request off.')));
    });
    this.limitConnecting(request);
    if (onSent !== undefined) request.once('finish', onSent);
    request.end(body);
    return { response, abort: () => void request.destroy() };
  }

  /** Breaks off what is open. */
  close(): void {
    this.agent.destroy();
  }

  private limitConnecting(request: ClientRequest): void {
    const { timeoutMs, where, url } = this;
    request.once('socket', (socket) => {
      if (!socket.connecting) return;
      const late = new DeviceClientError(
        'timeout',
        `The server at ${where} did not accept the connection within ${timeoutMs} ms.`,
      );
      const timer = setTimeout(() => request.destroy(late), timeoutMs);
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(timer));
      socket.once('close', () => clearTimeout(timer));
    });
  }
}
