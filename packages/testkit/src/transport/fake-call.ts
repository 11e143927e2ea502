import type { OutgoingRpc } from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';

/** A call that reached a {@link FakeDevice}. */
export class FakeCall {
  readonly id: number;
  readonly method: string;
  /** Verbatim JSON text. */
  readonly params: string;
  /** Epoch ms. */
  readonly deadline: number;

  constructor(
    { id, method, params, deadline }: OutgoingRpc,
    private readonly send: (rpcId: number, payload: string | Uint8Array) => Awaitable<boolean>,
  ) {
    this.id = id;
    this.method = method;
    this.params = params.toString();
    this.deadline = deadline;
  }

  /** Replies with these bytes, JSON or not. `false`: the host did not want the reply; it was late, say, or a second one. */
  reply(payload: string | Uint8Array): Awaitable<boolean> {
    return this.send(this.id, payload);
  }
}
