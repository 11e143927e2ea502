/** What the admin API answered. */
export interface AdminAnswer {
  readonly status: number;
  readonly contentType: string;
  /** `undefined`: there was none. */
  readonly body: unknown;
}

/** There was no answer: the server ended before it, or is not there. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** An administrator at work, over HTTP as a program would do it. */
export class AdminClient {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async login(url: string, username: string, password: string): Promise<AdminClient> {
    const { body } = await send(`${url}/api/auth/login`, 'POST', {}, JSON.stringify({ username, password }));
    const { token } = body as { token?: string };
    if (token === undefined) throw new Error(`${username} cannot log in: ${JSON.stringify(body)}`);
    return new AdminClient(url, token);
  }

  /** The same login at a server that was started again somewhere else. */
  at(url: string): AdminClient {
    return new AdminClient(url, this.token);
  }

  /** Whatever the answer is. */
  ask(method: string, path: string, body?: unknown): Promise<AdminAnswer> {
    return send(`${this.url}/api${path}`, method, this.headers, body === undefined ? undefined : JSON.stringify(body));
  }

  /** What must succeed. Yields the body. */
  async do<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  /** Sends a CSV file of devices. */
  async importDevices(csv: string): Promise<AdminAnswer> {
    return send(`${this.url}/api/devices/import`, 'POST', { ...this.headers, 'content-type': 'text/csv' }, csv);
  }

  /** All rows of a list, page by page. */
  async all<T>(path: string): Promise<readonly T[]> {
    const rows: T[] = [];
    let after: string | undefined;
    do {
      const cursor = after === undefined ? '' : `&after=${after}`;
      const page = await this.do<{ items: readonly T[]; next?: string }>('GET', `${path}?limit=1000${cursor}`);
      rows.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return rows;
  }

  private get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }
}

async function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<AdminAnswer> {
  const request = {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  };
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, request);
    text = await response.text();
  } catch (cause) {
    throw new NoAnswerError(`${method} ${url}`, { cause });
  }
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}
