/** What came back. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Somebody who administers a server over HTTP. */
export class Administrator {
  private token: string | undefined;

  constructor(private readonly port: number) {}

  /** As the demo account's tenant, unless said otherwise. Yields the tokens. */
  async logIn(username = 'tenant@thingsboard.org', password = 'tenant'): Promise<readonly string[]> {
    const { body } = await this.ask('POST', '/api/auth/login', { username, password });
    this.token = String(body['token']);
    return [this.token, String(body['refreshToken'])];
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<AdminAnswer> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = (answer.headers.get('content-type') ?? '').includes('json');
    const told = (isJson && text !== '' ? JSON.parse(text) : {}) as AdminAnswer['body'];
    return { status: answer.status, headers: answer.headers, text, body: told };
  }
}
