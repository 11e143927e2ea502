import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** A response whole. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What is sent beside method and path. */
export interface SendOptions {
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called when the request is made, so that a test can break it off. */
  readonly onRequest?: (request: ClientRequest) => void;
}

/** Requests of one device over keep-alive connections of its own. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly port: number) {}

  /** The response, once its headers are there. */
  open(method: string, path: string, { body, headers = {}, onRequest }: SendOptions = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { agent, port } = this;
      const request = httpRequest({ host: '127.0.0.1', port, method, path, agent, headers }, resolve);
      request.once('error', reject);
      onRequest?.(request);
      request.end(body);
    });
  }

  async send(method: string, path: string, options?: SendOptions): Promise<HttpResponse> {
    const response = await this.open(method, path, options);
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  }

  /** Breaks every connection off. */
  destroy(): void {
    this.agent.destroy();
  }
}
