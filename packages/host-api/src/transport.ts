import type { Awaitable, JsonText, Logger, MessageType } from '@device-messaging/plugin-api';
import type { DeviceCredentials } from './credentials.js';
import type { Timers } from './timers.js';

/**
 * Brings devices to the host over one protocol. A transport owns its codec and its connections and knows nothing of
 * rules, plugins or other transports; the host owns sessions, calls and deadlines and knows nothing of protocols.
 * Whoever composes the host owns the listening sockets and passes connections in.
 */
export interface Transport {
  /** Short and unique in a host: `mqtt`, `http`. Shown in logs and metrics. */
  readonly name: string;
  /** Called once, before any connection is passed in. */
  start(host: TransportHost): Awaitable<void>;
  /** Called first when the host stops: take no new connections and no new requests; deliver answers as before. */
  drain(): Awaitable<void>;
  /** Called last, when the calls in flight are done or given up: close what is open. Afterwards nothing is left. */
  stop(): Awaitable<void>;
}

/** What a transport gets from its host. */
export interface TransportHost {
  /** The host's clock and timers; a transport uses no others, so that tests own the time. */
  readonly timers: Timers;
  readonly logger: Logger;
  /**
   * Authenticates a device and opens a session for it. `undefined`: no device has these credentials.
   *
   * A device may have any number of sessions. When `facts.clientId` is not empty, an older session of the **same
   * device** on the same transport with the same client id is closed with `TAKEN_OVER`; another device's never is.
   *
   * Rejects (or throws) with an `OverQuotaError` when a quota allows no more sessions, and with any other error
   * when the registry cannot answer: the device did nothing wrong and should be told to retry.
   */
  connect(credentials: DeviceCredentials, facts: SessionFacts, sink: SessionSink): Awaitable<DeviceSession | undefined>;
}

/** What the host should know of a session. */
export interface SessionFacts {
  /** {@link Transport.name} */
  readonly transport: string;
  /** MQTT client id; empty or absent: no take-over. */
  readonly clientId?: string;
  /** For the log. */
  readonly remoteAddress?: string;
}

/**
 * A transport's own note of where an answer belongs (a topic, an exchange). The host keeps it, hands it back with the
 * answer, and never looks inside.
 */
export type RequestRef = unknown;

/**
 * What became of telemetry or attributes.
 * - `accepted`: the rules have it, or will.
 * - `malformed`: it is not JSON, and dropped (MQTT 5 0x99, HTTP 400, CoAP 4.00).
 * - `rate-limited`: it is too much, and dropped (MQTT 5 0x97, HTTP 429, CoAP 4.29); `retryAfterS` says until when.
 */
export type PublishOutcome = 'accepted' | 'malformed' | 'rate-limited';

/** What may be told about a request beside its payload. */
export interface RequestOptions {
  /** Epoch ms at which the caller stops waiting (MQTT 5 message expiry). The call's deadline is not later than this. */
  readonly expiresAt?: number;
}

/**
 * One connected device, as the host offers it to the transport. All calls are synchronous and never throw because of
 * what the device sent. After {@link DeviceSession.close}, or the sink's `close`, every call is ignored.
 *
 * `payload` bytes belong to the host from the call on: a transport must not reuse the memory.
 */
export interface DeviceSession {
  /** The device's id. */
  readonly deviceId: string;
  /**
   * A client-side RPC. It is answered exactly once through the sink, at the latest 1 s after its deadline, unless the
   * session closes before; malformed requests are answered too. Requests of one device start in order of arrival.
   */
  request(ref: RequestRef, payload: Uint8Array, options?: RequestOptions): void;
  /** Telemetry or attributes: offered to the rules, in order with the requests. */
  publish(type: Exclude<MessageType, 'RPC_REQUEST'>, payload: Uint8Array): PublishOutcome;
  /**
   * For protocols that say so, after an answer or a message was `rate-limited`: whole seconds, 1 to 3,600, after which
   * the next message will be allowed, unless others of its customer or tenant are quicker.
   */
  retryAfterS(): number;
  /**
   * The device's reply to a server-side RPC. The first one wins. `false`: the id is unknown, late, or not this
   * device's. A reply that is not JSON counts as a reply: the caller gets `Invalid response…`.
   */
  reply(rpcId: number, payload: Uint8Array): Awaitable<boolean>;
  /** From now on the session can be handed calls; those that wait are handed over before this returns. Idempotent. */
  listen(): void;
  /** Ends {@link DeviceSession.listen}. No call is delivered once this returns. Idempotent. */
  unlisten(): void;
  /** After the sink said `busy`: it takes calls again, and gets those that wait before this returns. */
  resume(): void;
  /** After the sink said `unconfirmed`: the device has the call. */
  confirm(rpcId: number): void;
  /** After the sink said `unconfirmed`: the device certainly has not got the call. It may be handed out again. */
  fail(rpcId: number): void;
  /** The connection is gone. Requests under way go on; their answers are dropped and counted. Idempotent. */
  close(): void;
}

/** A server-side RPC on its way to a device. */
export interface OutgoingRpc {
  /** 0…2^31−1, unique for the device for at least as long as a reply can be awaited. */
  readonly id: number;
  readonly method: string;
  /** Verbatim. A transport that sends later keeps this text: the call forgets it once it is handed over. */
  readonly params: JsonText;
  /** Epoch ms. The host checked it right before the hand-over. */
  readonly deadline: number;
}

/**
 * What became of a call that was offered to a session.
 * - `handed`: it is on its way, or cannot be taken back.
 * - `unconfirmed`: it is on its way and the transport will say `confirm` or `fail`; until then it is in doubt.
 * - `busy`: not now; the transport says `resume` when it takes calls again. The call waits.
 * - `too-large`: this connection announced that it cannot take a message of this size.
 */
export type Delivery = 'handed' | 'unconfirmed' | 'busy' | 'too-large';

/** Why the host closes a session. */
export type SessionCloseReason = 'TAKEN_OVER' | 'CREDENTIALS_REVOKED' | 'DEVICE_DELETED' | 'HOST_STOPPING';

/**
 * What an answer is, for protocols that say so in a code of their own beside the payload.
 * - `answer`: a plugin's or a device's word, an error included (HTTP 200, CoAP 2.05).
 * - `malformed`: the request was not one (HTTP 400, CoAP 4.00).
 * - `rate-limited`: the device asked too much (HTTP 429, CoAP 4.29); `DeviceSession.retryAfterS` says until when.
 */
export type AnswerKind = 'answer' | 'malformed' | 'rate-limited';

/** The transport's end of a session: the one callback that the host was given. Calls must not throw. */
export interface SessionSink {
  /** A call for the device. Only while the session listens and is not busy. */
  deliver(call: OutgoingRpc): Delivery;
  /** The answer to a request. `too-large`: nothing was sent; the host answers with a shorter error instead. */
  answer(ref: RequestRef, payload: Uint8Array, kind: AnswerKind): 'sent' | 'too-large';
  /** Close the connection and say why, where the protocol can. The session is closed already. */
  close(reason: SessionCloseReason): void;
}
