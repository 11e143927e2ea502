import type { Device } from '../device.js';
import type { JsonText } from '../json-text.js';
import type { Awaitable } from '../reply.js';
import type { RpcCall } from '../rpc-method.js';
import type { RpcErrorCode } from '../rpc-error.js';

/** A server-side RPC: what the target receives as `{"method":…,"params":…}`, params verbatim. */
export interface ServerRpc {
  readonly method: string;
  readonly params: JsonText;
}

/** A decision about a call, with its reason for the log; the reason never travels to a device. */
export type AccessDecision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly reason: string;
      /** What the caller is told; `NOT_ALLOWED` when absent. */
      readonly code?: RpcErrorCode;
    };

/**
 * Decides, on rows read at this moment, whether the caller's message may reach the target. Must not keep the rows.
 * When it throws or exceeds the hook deadline the message is not handed over and its caller gets
 * `Internal server error!`: it fails closed.
 */
export type Authorize = (caller: Device, target: Device) => Awaitable<AccessDecision>;

/** How a server-side RPC is made. */
export interface ServerRpcOptions {
  /** Ms from now until the answer is due, also for a message that still waits for its target. */
  readonly timeoutMs: number;
  /** `true`: the answer is `null`, once the message was handed to a listening session of the target. */
  readonly oneway?: boolean;
  /** `wait` (default): hold the message until the target listens. `fail`: answer `NO_ACTIVE_CONNECTION` at once. */
  readonly offline?: 'wait' | 'fail';
  /**
   * The client-side RPC that this request serves. Its caller is the one `authorize` sees, its expiry bounds the
   * deadline, and while the request is under way the handler's own 10 s stand still.
   */
  readonly onBehalfOf?: RpcCall;
  /**
   * Asked when the request is made, again before each hand-over, and again while it waits whenever the registry's
   * row of caller or target changed. Only with `onBehalfOf`.
   */
  readonly authorize?: Authorize;
}

/** Port: calls devices of the plugin instance's tenant. */
export interface DeviceRpc {
  /**
   * Hands a message to every session of the target that listens, at most once to each, and yields the first reply,
   * verbatim. The target's id is taken in any case. Return the result from a handler as it is and the reply passes through without a promise.
   *
   * Rejects with an `RpcError`: `TARGET_NOT_FOUND`, `NOT_ALLOWED` (or the decision's code), `NO_ACTIVE_CONNECTION`,
   * `TIMEOUT`, `INVALID_RESPONSE`, `TOO_MANY_WAITING`, `MESSAGE_TOO_LARGE`, `PLUGIN_SUSPENDED`,
   * `PLUGIN_NOT_ENABLED`, `INTERNAL`. Messages to one target are handed over in the order of their requests.
   */
  request(targetId: string, message: ServerRpc, options: ServerRpcOptions): PromiseLike<JsonText>;
}

export const DeviceRpc: unique symbol = Symbol.for('device-messaging:DeviceRpc');
