import type {
  AnswerKind,
  DeviceCredentials,
  DeviceSession,
  PublishOutcome,
  RequestOptions,
  RequestRef,
  SessionFacts,
  SessionSink,
  TransportHost,
} from '@device-messaging/host-api';
import type { Awaitable, Logger, MessageType } from '@device-messaging/plugin-api';
import { VirtualTimers } from '../time/virtual-timers.js';

/** A request as the host received it. */
export interface FakeRequest {
  readonly ref: RequestRef;
  readonly payload: string;
  readonly options: RequestOptions | undefined;
}

/** A session that writes down what it is told. */
export class FakeSession implements DeviceSession {
  readonly requests: FakeRequest[] = [];
  readonly published: [type: string, payload: string][] = [];
  readonly replies: [id: number, payload: string][] = [];
  /** Calls that the transport confirmed, or said that the device has not got. */
  readonly confirmed: number[] = [];
  readonly failed: number[] = [];
  isListening = false;
  resumed = 0;
  closed = 0;
  onListen: () => void = () => undefined;
  onResume: () => void = () => undefined;

  constructor(
    readonly deviceId: string,
    readonly facts: SessionFacts,
    readonly sink: SessionSink,
    private readonly host: FakeHost,
  ) {}

  request(ref: RequestRef, payload: Uint8Array, options?: RequestOptions): void {
    const request = { ref, payload: Buffer.from(payload).toString(), options };
    this.requests.push(request);
    this.host.onRequest(this, request);
  }

  publish(type: Exclude<MessageType, 'RPC_REQUEST'>, payload: Uint8Array): PublishOutcome {
    const text = Buffer.from(payload).toString();
    this.published.push([type, text]);
    return this.host.publishOutcome(text);
  }

  retryAfterS(): number {
    return this.host.retryAfterS;
  }

  reply(rpcId: number, payload: Uint8Array): Awaitable<boolean> {
    this.replies.push([rpcId, Buffer.from(payload).toString()]);
    return this.host.replyOutcome();
  }

  listen(): void {
    this.isListening = true;
    this.onListen();
  }

  unlisten(): void {
    this.isListening = false;
  }

  resume(): void {
    this.resumed += 1;
    this.onResume();
  }

  confirm(rpcId: number): void {
    this.confirmed.push(rpcId);
  }

  fail(rpcId: number): void {
    this.failed.push(rpcId);
  }

  close(): void {
    this.closed += 1;
    this.isListening = false;
  }

  answer(index: number, payload: string, kind: AnswerKind = 'answer'): 'sent' | 'too-large' {
    return this.sink.answer(this.requests[index]!.ref, Buffer.from(payload), kind);
  }
}

/**
 * A host for tests of one transport, whose verdicts and answers a test decides. It knows the devices whose tokens begin with
 * `token`, and takes every client certificate.
 */
export class FakeHost implements TransportHost {
  readonly timers = new VirtualTimers();
  readonly sessions: FakeSession[] = [];
  readonly credentials: DeviceCredentials[] = [];
  readonly errors: string[] = [];
  readonly logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (message, fields) => void this.errors.push(`${message} ${String(fields?.['error'])}`),
  };
  /** Replaced by tests that delay or fail the look-up. */
  verdict: (open: () => DeviceSession | undefined) => Awaitable<DeviceSession | undefined> = (open) => open();
  onRequest: (session: FakeSession, request: FakeRequest) => void = () => undefined;
  publishOutcome: (payload: string) => PublishOutcome = (payload) =>
    payload.startsWith('{') ? 'accepted' : 'malformed';
  /** What devices are told that asked too much. */
  retryAfterS = 1;
  replyOutcome: () => Awaitable<boolean> = () => true;

  connect(
    credentials: DeviceCredentials,
    facts: SessionFacts,
    sink: SessionSink,
  ): Awaitable<DeviceSession | undefined> {
    this.credentials.push(credentials);
    return this.verdict(() => {
      const secret = typeof credentials.secret === 'string' ? credentials.secret : 'token-of-certificate';
      if (!secret.startsWith('token')) return undefined;
      const session = new FakeSession(secret, facts, sink, this);
      this.sessions.push(session);
      return session;
    });
  }

  get openSessions(): number {
    return this.sessions.filter(({ closed }) => closed === 0).length;
  }
}
