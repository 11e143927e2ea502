import type {
  AnswerKind,
  Delivery,
  DeviceCredentials,
  DeviceSession,
  RequestRef,
  SessionFacts,
  SessionSink,
  TransportHost,
} from '@device-messaging/host-api';
import { JsonText, type Awaitable, type Logger, type MessageType } from '@device-messaging/plugin-api';
import { VirtualTimers } from '@device-messaging/testkit';

/** A session that writes down what it is told. */
export class FakeSession implements DeviceSession {
  readonly requests: { readonly ref: RequestRef; readonly payload: string }[] = [];
  readonly published: [type: string, payload: string][] = [];
  readonly replies: [id: number, payload: string][] = [];
  /** `listen`, `unlisten`, `confirm 1`, `fail 1`, `resume`, `close`, in order. */
  readonly notes: string[] = [];
  isListening = false;
  closed = 0;

  constructor(
    readonly deviceId: string,
    readonly facts: SessionFacts,
    readonly sink: SessionSink,
    private readonly host: FakeHost,
  ) {}

  request(ref: RequestRef, payload: Uint8Array): void {
    this.requests.push({ ref, payload: Buffer.from(payload).toString() });
    this.host.onRequest(this);
  }

  publish(type: Exclude<MessageType, 'RPC_REQUEST'>, payload: Uint8Array): boolean {
    const text = Buffer.from(payload).toString();
    this.published.push([type, text]);
    return text.startsWith('{');
  }

  reply(rpcId: number, payload: Uint8Array): Awaitable<boolean> {
    this.replies.push([rpcId, Buffer.from(payload).toString()]);
    return this.host.replyOutcome();
  }

  listen(): void {
    this.isListening = true;
    this.notes.push('listen');
    this.host.onListen(this);
  }

  unlisten(): void {
    this.isListening = false;
    this.notes.push('unlisten');
  }

  resume(): void {
    this.notes.push('resume');
    this.host.onResume(this);
  }

  confirm(rpcId: number): void {
    this.notes.push(`confirm ${rpcId}`);
  }

  fail(rpcId: number): void {
    this.notes.push(`fail ${rpcId}`);
  }

  close(): void {
    this.closed += 1;
    this.isListening = false;
    this.notes.push('close');
  }

  answer(payload: string, kind: AnswerKind = 'answer'): 'sent' | 'too-large' {
    return this.sink.answer(this.requests.at(-1)?.ref, Buffer.from(payload), kind);
  }

  /** Offers a call as the host does. */
  call(id: number, params = '{}', deadline = Number.MAX_SAFE_INTEGER, method = 'onMsg'): Delivery {
    return this.sink.deliver({ id, method, params: JsonText.fromString(params), deadline });
  }

  takeNotes(): string[] {
    return this.notes.splice(0);
  }
}

/** A host for one transport that knows the devices whose tokens begin with `token`. */
export class FakeHost implements TransportHost {
  readonly timers = new VirtualTimers();
  readonly sessions: FakeSession[] = [];
  readonly credentials: DeviceCredentials[] = [];
  readonly warnings: string[] = [];
  readonly logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message, fields) => void this.warnings.push(`${message}: ${String(fields?.['error'])}`),
    error: (message, fields) => void this.warnings.push(`${message}: ${String(fields?.['error'])}`),
  };
  /** Replaced by tests that delay or fail the look-up. */
  verdict: (open: () => DeviceSession | undefined) => Awaitable<DeviceSession | undefined> = (open) => open();
  onRequest: (session: FakeSession) => void = () => undefined;
  onListen: (session: FakeSession) => void = () => undefined;
  onResume: (session: FakeSession) => void = () => undefined;
  replyOutcome: () => Awaitable<boolean> = () => true;

  connect(
    credentials: DeviceCredentials,
    facts: SessionFacts,
    sink: SessionSink,
  ): Awaitable<DeviceSession | undefined> {
    this.credentials.push(credentials);
    return this.verdict(() => {
      const secret = String(credentials.secret);
      if (!secret.startsWith('token')) return undefined;
      const session = new FakeSession(secret, facts, sink, this);
      this.sessions.push(session);
      return session;
    });
  }

  /** The session that was opened last. */
  get session(): FakeSession {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error('The host was not asked for a session');
    return session;
  }

  get openSessions(): number {
    return this.sessions.filter(({ closed }) => closed === 0).length;
  }
}
