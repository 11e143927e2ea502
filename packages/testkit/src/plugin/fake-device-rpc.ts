import { JsonText, type DeviceRpc, type ServerRpc, type ServerRpcOptions } from '@device-messaging/plugin-api';

/** A request that a plugin made of its host. */
export interface RecordedRequest {
  readonly targetId: string;
  readonly message: ServerRpc;
  readonly options: ServerRpcOptions;
}

/** Calls no device: notes what a plugin asks for, and replies what a test says. */
export class FakeDeviceRpc implements DeviceRpc {
  readonly requests: RecordedRequest[] = [];

  /** @param reply the replies; throw an `RpcError` for the cases in which a host would */
  constructor(public reply: (request: RecordedRequest) => JsonText | PromiseLike<JsonText> = () => JsonText.NULL) {}

  request(targetId: string, message: ServerRpc, options: ServerRpcOptions): PromiseLike<JsonText> {
    const request = { targetId, message, options };
    this.requests.push(request);
    return Promise.resolve(request).then((made) => this.reply(made));
  }
}
