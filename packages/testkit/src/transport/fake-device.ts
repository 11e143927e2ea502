import type {
  Delivery,
  DeviceSession,
  OutgoingRpc,
  PublishOutcome,
  RequestOptions,
  SessionCloseReason,
} from '@device-messaging/host-api';
import { JsonText, type Awaitable, type MessageType } from '@device-messaging/plugin-api';
import type { CallHandler } from './call-handlers.js';
import { FakeCall } from './fake-call.js';

/** How a fake device takes the calls that it can take: see `Delivery`. */
export type Confirmation = Extract<Delivery, 'handed' | 'unconfirmed' | 'too-large'>;

/** Why a fake device is no longer connected. */
export type FakeDeviceEnd = SessionCloseReason | 'DISCONNECTED';

/** A request whose answer is owed: what the host is given as its reference. */
interface OpenRequest {
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
}

const encoder = new TextEncoder();

function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === 'string' ? encoder.encode(payload) : payload;
}

/**
 * A device on an `InMemoryTransport`, in the hands of a test. It notes all that reaches it; what it does with calls is
 * said by {@link FakeDevice.onCall}, or done by hand with {@link FakeDevice.calls}.
 */
export class FakeDevice {
  /** Calls received, in order. */
  readonly calls: FakeCall[] = [];
  /** Answers received, in order. */
  readonly answers: string[] = [];
  /** Answers that no open request was waiting for. A host that keeps its promises sends none. */
  readonly strays: string[] = [];
  /** How it takes calls from now on. */
  confirmation: Confirmation = 'handed';
  /** The longest answer, and the longest params, that it takes, in bytes. */
  maxBytes: number = Number.POSITIVE_INFINITY;
  /** Done when it is no longer connected. */
  readonly closed: Promise<FakeDeviceEnd>;

  private session: DeviceSession | undefined;
  private isBusy = false;
  private end: FakeDeviceEnd | undefined;
  private readonly open = new Set<OpenRequest>();
  private handler: CallHandler = () => undefined;
  private resolveClosed!: (end: FakeDeviceEnd) => void;

  /** Made by the transport. */
  constructor(private readonly takesRequests: () => boolean) {
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
  }

  /** The device's id. */
  get deviceId(): string {
    return this.connected().deviceId;
  }

  /** Why it is no longer connected; `undefined` while it is. */
  get closeReason(): FakeDeviceEnd | undefined {
    return this.end;
  }

  /** A client-side RPC: yields the answer's text, verbatim. Rejects when the connection ends before the answer. */
  request(method: string, params: unknown = {}, options?: RequestOptions): Promise<string> {
    const text = params instanceof JsonText ? params.toString() : JSON.stringify(params);
    return this.requestRaw(`{"method":${JSON.stringify(method)},"params":${text}}`, options);
  }

  /** Like {@link FakeDevice.request}, with any bytes. */
  requestRaw(payload: string | Uint8Array, options?: RequestOptions): Promise<string> {
    const session = this.connected();
    if (this.end !== undefined) return Promise.reject(new Error(`The device is not connected any more: ${this.end}`));
    if (!this.takesRequests()) return Promise.reject(new Error('The host is stopping and takes no new requests'));
    return new Promise((resolve, reject) => {
      const request = { resolve, reject };
      this.open.add(request);
      session.request(request, bytesOf(payload), options);
    });
  }

  /** Telemetry or attributes. */
  publish(type: Exclude<MessageType, 'RPC_REQUEST'>, payload: string | Uint8Array): PublishOutcome {
    return this.connected().publish(type, bytesOf(payload));
  }

  /** After an answer or a message that was too much: see `DeviceSession.retryAfterS`. */
  retryAfterS(): number {
    return this.connected().retryAfterS();
  }

  /** From now on calls are handed to it; those that wait are there when this returns. */
  listen(): void {
    this.connected().listen();
  }

  /** Ends {@link FakeDevice.listen}. */
  unlisten(): void {
    this.connected().unlisten();
  }

  /** What it does with every call from now on, right after it received it (not within its delivery). */
  onCall(handler: CallHandler): void {
    this.handler = handler;
  }

  /** Replies to any id, known or not. `false`: the host did not want the reply. */
  reply(rpcId: number, payload: string | Uint8Array): Awaitable<boolean> {
    return this.connected().reply(rpcId, bytesOf(payload));
  }

  /** After `confirmation = 'unconfirmed'`: it has the call. */
  confirm(rpcId: number): void {
    this.connected().confirm(rpcId);
  }

  /** After `confirmation = 'unconfirmed'`: it has not got the call. */
  fail(rpcId: number): void {
    this.connected().fail(rpcId);
  }

  /** While it is busy it takes no calls; they wait. */
  get busy(): boolean {
    return this.isBusy;
  }

  set busy(isBusy: boolean) {
    this.isBusy = isBusy;
    if (!isBusy) this.connected().resume();
  }

  /** Breaks the connection off. Idempotent. */
  disconnect(): void {
    if (this.end !== undefined) return;
    const session = this.connected();
    this.finish('DISCONNECTED');
    session.close();
  }

  /** For the transport: the session that the host opened. */
  attach(session: DeviceSession): void {
    this.session = session;
  }

  /** For the transport: see `SessionSink.deliver`. */
  receiveCall(call: OutgoingRpc): Delivery {
    if (this.isBusy) return 'busy';
    if (this.confirmation === 'too-large' || call.params.bytes.length > this.maxBytes) return 'too-large';
    const received = new FakeCall(call, (id, payload) => this.reply(id, payload));
    this.calls.push(received);
    queueMicrotask(() => this.handler(received));
    return this.confirmation;
  }

  /** For the transport: see `SessionSink.answer`. */
  receiveAnswer(ref: unknown, payload: Uint8Array): 'sent' | 'too-large' {
    if (payload.length > this.maxBytes) return 'too-large';
    const answer = Buffer.from(payload).toString();
    const request = ref as OpenRequest;
    this.answers.push(answer);
    if (this.open.delete(request)) request.resolve(answer);
    else this.strays.push(answer);
    return 'sent';
  }

  /** For the transport: the connection is over. */
  finish(end: FakeDeviceEnd): void {
    if (this.end !== undefined) return;
    this.end = end;
    for (const request of this.open) request.reject(new Error(`The connection ended before the answer came: ${end}`));
    this.open.clear();
    this.resolveClosed(end);
  }

  private connected(): DeviceSession {
    if (this.session === undefined) throw new Error('The device is not connected yet');
    return this.session;
  }
}
