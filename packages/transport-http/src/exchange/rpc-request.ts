import type { AnswerKind, DeviceSession } from '@device-messaging/host-api';
import { bodyOf } from './body.js';
import { Exchange } from './exchange.js';
import { RETRY_AFTER_S } from './refusals.js';

const STATUS: Readonly<Record<AnswerKind, number>> = { answer: 200, malformed: 400, 'rate-limited': 429 };

/** `POST …/rpc`: a client-side RPC; the response is its answer. */
export class RpcRequest extends Exchange {
  override answer(_ref: unknown, payload: Uint8Array, kind: AnswerKind): 'sent' {
    if (kind === 'rate-limited') this.reply.header('retry-after', String(this.session?.retryAfterS() ?? RETRY_AFTER_S));
    this.respond(STATUS[kind], payload);
    return 'sent';
  }

  protected proceed(session: DeviceSession): void {
    session.request(undefined, bodyOf(this.request));
  }
}
