import type { Device, RpcCall } from '@device-messaging/plugin-api';
import type { ClientRpc } from './client-rpc.js';

/** What a handler sees of a client-side RPC: facts, and no way to the host's own request. */
export class AcceptedCall implements RpcCall {
  readonly #request: ClientRpc;
  readonly method: string;
  readonly receivedAt: number;
  readonly expiresAt: number | undefined;

  constructor(
    request: ClientRpc,
    method: string,
    readonly params: unknown,
    readonly configuration: unknown,
    readonly caller: Device,
  ) {
    this.#request = request;
    this.method = method;
    this.receivedAt = request.receivedAt;
    this.expiresAt = request.expiresAt;
  }

  /**
   * The host's request behind a call that a plugin hands back.
   * @throws TypeError when the call was not made by a host.
   */
  static requestOf(call: RpcCall): ClientRpc {
    if (!(#request in call)) throw new TypeError('onBehalfOf must be the call that the handler was given');
    return call.#request;
  }
}
