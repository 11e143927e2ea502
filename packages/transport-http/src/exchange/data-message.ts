import type { DeviceSession, PublishOutcome } from '@device-messaging/host-api';
import type { MessageType } from '@device-messaging/plugin-api';
import type { FastifyReply } from 'fastify';
import type { HttpRouteOptions } from '../http-route-options.js';
import { bodyOf } from './body.js';
import type { ExchangeContext } from './exchange-context.js';
import { Exchange } from './exchange.js';
import type { DeviceRequest } from './device-request.js';
import { REFUSALS, type Refusal } from './refusals.js';

const REFUSED: Readonly<Record<PublishOutcome, Refusal | undefined>> = {
  accepted: undefined,
  malformed: REFUSALS.notJson,
  'rate-limited': REFUSALS.rateLimited,
};

/** `POST …/telemetry` and `…/attributes`: offered to the rules. */
export class DataMessage extends Exchange {
  constructor(
    request: DeviceRequest,
    reply: FastifyReply,
    context: ExchangeContext,
    options: HttpRouteOptions,
    private readonly type: Exclude<MessageType, 'RPC_REQUEST'>,
  ) {
    super(request, reply, context, options);
  }

  protected proceed(session: DeviceSession): void {
    const refusal = REFUSED[session.publish(this.type, bodyOf(this.request))];
    if (refusal === undefined) this.respond(200);
    else this.refuse(refusal, session.retryAfterS());
  }
}
