import type { DeviceClientError } from './device-client-error.js';

/** A call that the device received. */
export interface ReceivedCall {
  /** What its reply names. */
  readonly id: string;
  readonly method: string;
  /** JSON text, byte for byte as it arrived. */
  readonly params: string;
  /**
   * Replies, with any bytes; the server wants JSON. `false`: too late, or replied to before; `undefined`: the protocol
   * does not tell (MQTT). Rejects with a {@link DeviceClientError} when the reply could not be sent.
   */
  reply(payload: string | Uint8Array): Promise<boolean | undefined>;
}

/**
 * One device, connected to a server over one protocol. Requests may be under way in any number. Everything rejects with
 * a {@link DeviceClientError} and nothing else.
 */
export interface DeviceClient {
  /** A client-side RPC with any bytes. Yields the answer's text as it arrived, an error of the device API included. */
  request(payload: string | Uint8Array): Promise<string>;

  /** A client-side RPC by its method: `{"method":…,"params":…}`, params as `JSON.stringify` writes them. */
  call(method: string, params?: unknown): Promise<string>;

  /**
   * From now on calls are received. Done when the server has the subscription (MQTT), observation (CoAP) or stream; a
   * long poll is done when it is sent, for no server says more. Another call of it replaces `onCall` alone. An error
   * that `onCall` throws is the caller's own and is left to the process.
   */
  listen(onCall: (call: ReceivedCall) => void): Promise<void>;

  /** Ends {@link DeviceClient.listen}; nothing is received any more from the moment it is called. */
  unlisten(): Promise<void>;

  /**
   * Done when the connection is over: code `closed` after {@link DeviceClient.close}, else why it ended. Without a
   * connection of its own (HTTP, CoAP) a device notices while it listens, or never.
   */
  readonly closed: Promise<DeviceClientError>;

  /** Says good-bye where the protocol can, and leaves nothing open. Requests under way reject. Idempotent. */
  close(): Promise<void>;
}
