import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { EXIT_FAILED, ExitError } from '../../command-line/exit-error.js';
import { shownUrl } from './api-address.js';
import { connectionFailure } from './connection-failure.js';

/** How long a server may do nothing before it is given up, ms. */
const PATIENCE_MS = 30_000;

/** Members of a query; those without a value are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A file that is sent as it is read. */
export interface FileBody {
  readonly mediaType: string;
  /** Yields it from its beginning. */
  open(): Readable;
  /** Whether it can be opened twice; what comes on standard input cannot. */
  readonly isRepeatable: boolean;
}

/** One request of the admin API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api`. */
  readonly path: string;
  readonly query?: Query;
  /** JSON text, or a file. */
  readonly body?: string | FileBody;
  /** The tag of the row that is meant. */
  readonly ifMatch?: string | undefined;
  /** How long the server may neither take nor say anything, ms. */
  readonly patienceMs?: number;
}

/**
 * Speaks to one server. On node's own `http`, as `fetch` trusts no authority that is named at run time, and gives up
 * an answer that takes five minutes, as that to a large import may.
 */
export class ApiConnection {
  private readonly isSecure: boolean;
  private readonly agent: HttpAgent;

  /** @param ca authorities to trust instead of the system's, PEM */
  constructor(
    private readonly server: URL,
    ca?: Buffer,
  ) {
    this.isSecure = server.protocol === 'https:';
    const tls = ca === undefined ? {} : { ca };
    this.agent = this.isSecure ? new HttpsAgent({ keepAlive: true, ...tls }) : new HttpAgent({ keepAlive: true });
  }

  /** `http://127.0.0.1:8080` */
  get url(): string {
    return shownUrl(this.server);
  }

  /**
   * Resolves when the status is there; the caller reads the body. Nothing is judged.
   * @param token an access token, if the request needs one
   * @throws ExitError when there is no answer
   */
  exchange({ body, ...request }: ApiRequest, token?: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(connectionFailure(this.server, error));
      const sent = this.begin(request, body, token);
      sent.once('error', fail);
      sent.once('timeout', () => sent.destroy(this.silence(request.patienceMs)));
      if (body === undefined || typeof body === 'string') {
        sent.once('response', resolve);
        sent.end(body);
        return;
      }
      const file = body.open();
      file.once('error', (error) => sent.destroy(unreadable(error)));
      sent.once('response', (answer) => {
        // It may come before the whole file was sent: then the rest is not wanted.
        file.unpipe(sent).destroy();
        // Nor is it of interest that it could not be: the answer says why.
        sent.on('error', () => undefined);
        resolve(answer);
      });
      file.pipe(sent);
    });
  }

  /** Ends what is under way. */
  close(): void {
    this.agent.destroy();
  }

  private begin(
    { method, path, query = {}, ifMatch, patienceMs = PATIENCE_MS }: ApiRequest,
    body: ApiRequest['body'],
    token: string | undefined,
  ): ClientRequest {
    const url = new URL(this.server);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/api${path}`;
    for (const [member, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(member, String(value));
    }
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...headersOf(body),
    };
    const options = { method, headers, agent: this.agent, timeout: patienceMs };
    return this.isSecure ? requestHttps(url, options) : requestHttp(url, options);
  }

  private silence(patienceMs = PATIENCE_MS): ExitError {
    return new ExitError(EXIT_FAILED, `The server at ${this.url} did nothing for ${patienceMs} ms and was given up.`);
  }
}

function headersOf(body: ApiRequest['body']): Readonly<Record<string, string | number>> {
  if (body === undefined) return {};
  if (typeof body !== 'string') return { 'content-type': body.mediaType };
  return { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
}

function unreadable(error: Error): ExitError {
  return new ExitError(EXIT_FAILED, `The file could not be read to its end (${error.message}).`, { cause: error });
}
