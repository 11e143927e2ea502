import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { EXIT_FAILED, ExitError } from '../../command-line/exit-error.js';
import type { Access } from '../session/access.js';
import type { ApiConnection, ApiRequest, Query } from './api-connection.js';
import { type ApiRefusal, readRefusal } from './api-refusal.js';

/** A row as the API shows it. */
export type Row = Readonly<Record<string, unknown>>;

/** What a request yields. */
export interface ApiAnswer<T> {
  readonly body: T;
  /** The tag of the row, if it has one. */
  readonly etag: string | undefined;
}

interface Page {
  readonly items: readonly Row[];
  readonly next?: string;
}

/** Longest page that the API gives. */
const PAGE = 1_000;

/** The admin API, as the user who is logged in. */
export class AdminClient {
  constructor(
    private readonly connection: ApiConnection,
    private readonly access: Access,
  ) {}

  /**
   * Asks for something and reads the answer.
   * @throws ApiRefusal when the server says no, ExitError when there is no answer
   */
  async request<T = Row>(request: ApiRequest): Promise<ApiAnswer<T>> {
    const { body, etag } = await this.requestText(request);
    return { body: this.parse(body) as T, etag };
  }

  /** The same; the body as it came. */
  async requestText(request: ApiRequest): Promise<ApiAnswer<string>> {
    const answer = await this.stream(request);
    return { body: await this.read(answer), etag: answer.headers.etag };
  }

  /** The same; the body is read by the caller, as it comes. */
  async stream(request: ApiRequest): Promise<IncomingMessage> {
    const token = await this.access.token();
    let answer = await this.connection.exchange(request, token);
    if (answer.statusCode === 401 && canRepeat(request)) {
      answer.resume();
      answer = await this.connection.exchange(request, await this.access.renew(token));
    }
    const { statusCode = 0 } = answer;
    if (statusCode >= 200 && statusCode < 300) return answer;
    throw this.withHint(await readRefusal(this.connection.url, answer), request);
  }

  /** A list, page by page. @param most rows at most */
  async *pages(path: string, query: Query = {}, most = Infinity): AsyncGenerator<readonly Row[]> {
    let left = most;
    let after: string | undefined;
    do {
      const { body } = await this.request<Page>({
        method: 'GET',
        path,
        query: { ...query, limit: Math.min(PAGE, left), after },
      });
      yield body.items;
      left -= body.items.length;
      after = body.next;
    } while (after !== undefined && left > 0);
  }

  /** Done with: no request is under way afterwards. */
  async close(): Promise<void> {
    await this.access.close();
    this.connection.close();
  }

  private async read(answer: IncomingMessage): Promise<string> {
    try {
      return await text(answer);
    } catch (cause) {
      throw new ExitError(EXIT_FAILED, `The answer of ${this.connection.url} broke off.`, { cause });
    }
  }

  private parse(body: string): unknown {
    if (body === '') return undefined;
    try {
      return JSON.parse(body);
    } catch (cause) {
      const message = `${this.connection.url} answers, but not in JSON. Is it the URL of a Device Messaging server?`;
      throw new ExitError(EXIT_FAILED, message, { cause });
    }
  }

  private withHint(refusal: ApiRefusal, { path }: ApiRequest): ApiRefusal {
    switch (refusal.status) {
      case 401:
        return refusal.with('Log in again: device-messaging login.');
      case 403:
        return refusal.with(`You are ${this.access.username}. ${whoMay(path)}`);
      case 412:
        return refusal.with('Somebody else did so at this moment. Look at it, and try again.');
      default:
        return refusal;
    }
  }
}

function canRepeat({ body }: ApiRequest): boolean {
  return body === undefined || typeof body === 'string' || body.isRepeatable;
}

function whoMay(path: string): string {
  if (path.startsWith('/tenants')) return 'It takes a system administrator.';
  return path.startsWith('/users') ? 'It takes an administrator.' : 'It takes an administrator of a tenant.';
}
