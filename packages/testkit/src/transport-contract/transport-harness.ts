import type { DeviceRegistry, HostControl, Timers, Transport } from '@device-messaging/host-api';
import type { Awaitable, Constructor } from '@device-messaging/plugin-api';
import type { Registry } from '../registry-contract/registry-rows.js';

/** A call as it came out of the protocol at the device's end. */
export interface ReceivedCall {
  readonly id: number;
  readonly method: string;
  /** The text of the params as it was in the message, byte for byte: see {@link callOf}. */
  readonly params: string;
}

/** One real connection of one device, over the transport's own protocol. */
export interface TransportClient {
  /** A client-side RPC: the payload goes out as it is, the answer comes back as the text that arrived. */
  request(payload: string | Uint8Array): Promise<string>;
  /** Done when the session listens. */
  listen(): Awaitable<void>;
  /** Done when it does not any more. */
  unlisten(): Awaitable<void>;
  /** Called once, before `listen`: what to do with every call that arrives. */
  onCall(receive: (call: ReceivedCall) => void): void;
  /** Whether the host took the reply; `undefined` where the protocol does not tell. */
  reply(id: number, payload: string | Uint8Array): Awaitable<boolean | undefined>;
  /** Breaks the connection off. */
  close(): Awaitable<void>;
  /** Done, with what the protocol said, when the connection is over by either side. */
  readonly closed: Promise<string>;
  /** What arrived and was neither a call nor the answer to an open request: second answers, above all. */
  readonly strays: readonly unknown[];
  /** Only without the lack `stall`: from now on the device takes so few calls that the transport must say `busy`. */
  stall?(): Awaitable<void>;
  /** Ends {@link TransportClient.stall}. */
  unstall?(): Awaitable<void>;
  /** Only without the lack `publish`. Done when the message is acknowledged, if the protocol does that. */
  publish?(type: 'POST_TELEMETRY' | 'POST_ATTRIBUTES', payload: string): Awaitable<void>;
  /** Only without the lack `retry-after`: when the last answer said that the device may ask again, s. */
  retryAfterS?(): number | undefined;
}

/** How a client connects. */
export interface ClientOptions {
  /** Only without the lack `take-over`. */
  readonly clientId?: string;
  /** Only without the lack `size-limit`: the connection announces that it takes no larger messages. Bytes. */
  readonly maxBytes?: number;
}

/** A transport and its protocol's clients, made anew for every rule. */
export interface TransportHarness {
  /** Not started: the rule's host does that. */
  readonly transport: Transport;
  /** Opens a connection. Rejects when it is refused, for whatever reason. */
  connect(token: string, options?: ClientOptions): Promise<TransportClient>;
  /** Lets arrive what is under way in both directions. Absent: a few turns of the event loop do. */
  settle?(): Awaitable<void>;
  /** Called when the rule is done and the host has stopped. */
  dispose?(): Awaitable<void>;
}

/**
 * What a transport may declare that it cannot do; the rules about it are left out then.
 * - `take-over`: its protocol has no client ids.
 * - `stall`: its devices always take calls.
 * - `size-limit`: its connections announce no largest message.
 * - `request-order`: its protocol does not keep the order of one device's requests.
 * - `publish`: it carries no telemetry and attributes.
 * - `idle-connection`: its devices are connected only while they ask or listen.
 * - `departure`: a caller that is gone cannot be told from one that waits.
 * - `retry-after`: its protocol has no word for when to ask again.
 * - `line-breaks`: a call is one line; line breaks between its tokens arrive as spaces.
 */
export type TransportLack =
  | 'take-over'
  | 'stall'
  | 'size-limit'
  | 'request-order'
  | 'publish'
  | 'idle-connection'
  | 'departure'
  | 'retry-after'
  | 'line-breaks';

/** The host and registry that the transport is tried with; the packages that have them pass them in. */
export interface HostParts {
  createHost(options: ContractHostOptions): ContractHost;
  createRegistry(): Awaitable<Registry>;
}

/** What the rules need of a host's options. */
export interface ContractHostOptions {
  readonly plugins: readonly Constructor[];
  readonly transports: readonly Transport[];
  readonly registry: DeviceRegistry;
  readonly timers: Timers;
}

/** What the rules need of a host. */
export interface ContractHost {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly control: HostControl;
}

const METHOD_AND_PARAMS = /"method":("(?:[^"\\]|\\.)*"),"params":/;

/**
 * Reads a call out of the text of a message whose last members are `"method"` and `"params"`, without touching the
 * params: for the clients of harnesses.
 */
export function callOf(text: string): { readonly method: string; readonly params: string } {
  const head = METHOD_AND_PARAMS.exec(text);
  if (head === null || !text.endsWith('}')) throw new Error(`This is not a call: ${text}`);
  return { method: JSON.parse(head[1]!) as string, params: text.slice(head.index + head[0].length, -1) };
}
