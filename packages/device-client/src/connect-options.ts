/** How a device connects. Times are ms. */
export interface ConnectOptions {
  /** MQTT over TCP, TLS or WebSocket: 4 is 3.1.1, the default. */
  readonly mqttVersion?: 4 | 5;
  /** MQTT: the client id, by which a later connection of the same device takes an earlier one over. Default: random. */
  readonly clientId?: string;
  /**
   * How a device listens over HTTP. `stream`, the default: server-sent events, one response that stays open, so that
   * there is no moment without a listener and a lost server is noticed at once; line breaks between the tokens of
   * params become spaces. `poll`: long polling, for proxies that hold streams back, and byte for byte.
   */
  readonly httpListening?: 'stream' | 'poll';
  /** TLS: certificate authorities to trust instead of the system's, PEM. */
  readonly ca?: string | Uint8Array;
  /** TLS: any server certificate will do. For tests: whoever sits between can read the token. */
  readonly insecure?: boolean;
  /** TLS: the client certificate with its chain, PEM. */
  readonly certificate?: string | Uint8Array;
  /** TLS: the client certificate's private key, PEM. */
  readonly key?: string | Uint8Array;
  /**
   * How long the server may take to show that it is there: to accept the connection (MQTT, HTTP), to acknowledge a
   * message (CoAP). Default: 10,000.
   */
  readonly timeoutMs?: number;
  /**
   * How long an answer may take. The server answers at the latest 1 s after a request's own timeout, which is 60 s at
   * most unless a tenant allows more; hence the default of 90,000. It only ends the wait for a server that broke down.
   */
  readonly answerTimeoutMs?: number;
}

/** {@link ConnectOptions} with the defaults that every protocol needs. */
export interface Patience {
  readonly timeoutMs: number;
  readonly answerTimeoutMs: number;
}

export function patienceOf({ timeoutMs = 10_000, answerTimeoutMs = 90_000 }: ConnectOptions): Patience {
  return { timeoutMs, answerTimeoutMs };
}

/** The options as node:tls names them. */
export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly rejectUnauthorized: boolean;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

export function tlsOptionsOf({ ca, insecure = false, certificate, key }: ConnectOptions): TlsOptions {
  return {
    rejectUnauthorized: !insecure,
    ...(ca === undefined ? {} : { ca: pem(ca) }),
    ...(certificate === undefined ? {} : { cert: pem(certificate) }),
    ...(key === undefined ? {} : { key: pem(key) }),
  };
}

function pem(text: string | Uint8Array): string | Buffer {
  return typeof text === 'string' ? text : Buffer.from(text);
}
