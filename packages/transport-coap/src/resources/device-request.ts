import type { AnswerKind, Delivery, DeviceSession, RequestRef, SessionCloseReason } from '@device-messaging/host-api';
import { isThenable, RPC_ERROR_TEXTS } from '@device-messaging/plugin-api';
import { longestBodyFor } from '../blocks/first-block.js';
import { Code } from '../codec/code.js';
import { ContentFormat } from '../codec/option-number.js';
import { Representation } from '../codec/representation.js';
import { Response } from '../codec/response.js';
import type { CoapContext } from '../coap-context.js';
import type { Peer } from '../endpoint/peer.js';
import type { Exchange, ExchangeWorker } from '../messages/exchange.js';
import { answerCode } from './answer-code.js';
import { farewell } from './farewell.js';
import type { Visitor } from './look-up.js';
import type { Resource } from './resource.js';
import { invalidRequest, refusal, RETRY_AFTER_SECONDS, tooLarge, tryLater } from './responses.js';

const NO_ATTRIBUTES = Representation.ofText('{}');

/** Who wants to know that a call was replied to. */
export interface ReplyListener {
  /** The host took the reply. Must not throw. */
  onReply(peer: Peer, call: Resource): void;
}

/** One request of a device: a session that lasts until the response. */
export class DeviceRequest implements Visitor, ExchangeWorker {
  private session: DeviceSession | undefined;
  private isAsking = false;

  constructor(
    private readonly context: CoapContext,
    private readonly exchange: Exchange,
    private readonly resource: Resource,
    /** `undefined`: a GET. */
    private readonly payload: Buffer | undefined,
    private readonly listener: ReplyListener,
  ) {}

  opened(session: DeviceSession): void {
    this.session = session;
    this.exchange.worker = this;
    const { payload } = this;
    const { maxBodyBytes } = this.context.limits;
    if (payload === undefined) this.end(new Response(Code.CONTENT, NO_ATTRIBUTES, ContentFormat.JSON));
    else if (payload.length > maxBodyBytes) this.end(tooLarge(maxBodyBytes));
    else if (this.resource.kind === 'rpc') this.ask(session, payload);
    else if (this.resource.kind === 'call') this.reply(session, payload);
    else this.publish(session, payload);
  }

  /** Its session does not listen. */
  deliver(): Delivery {
    return 'busy';
  }

  answer(_ref: RequestRef, payload: Uint8Array, kind: AnswerKind): 'sent' | 'too-large' {
    if (payload.length > longestBodyFor(this.exchange.message.block2, this.context.limits)) return 'too-large';
    const response = new Response(answerCode(kind), new Representation(payload), ContentFormat.JSON);
    if (kind === 'rate-limited') response.maxAge = this.session?.retryAfterS() ?? RETRY_AFTER_SECONDS;
    this.exchange.respond(response);
    if (!this.isAsking) this.session?.close();
    return 'sent';
  }

  close(reason: SessionCloseReason): void {
    this.exchange.respond(farewell(reason));
  }

  abandon(): void {
    this.close('HOST_STOPPING');
    this.session?.close();
  }

  private ask(session: DeviceSession, payload: Buffer): void {
    // The host is not done with the session when it answers at once.
    this.isAsking = true;
    session.request(undefined, payload);
    this.isAsking = false;
    if (this.exchange.isOver) session.close();
    else this.exchange.wait();
  }

  private reply(session: DeviceSession, payload: Buffer): void {
    const taken = session.reply(this.resource.rpcId, payload);
    if (!isThenable(taken)) {
      this.replied(taken);
      return;
    }
    this.exchange.wait();
    void taken.then(
      (wasTaken) => this.replied(wasTaken),
      (error: unknown) => {
        this.context.host.logger.warn('CoAP reply could not be passed on', { error });
        this.end(tryLater(Code.SERVICE_UNAVAILABLE, 'The reply cannot be passed on now'));
      },
    );
  }

  private replied(wasTaken: boolean): void {
    if (wasTaken) this.listener.onReply(this.exchange.peer, this.resource);
    this.end(wasTaken ? new Response(Code.CHANGED) : refusal(Code.NOT_FOUND, 'No call waits for this reply'));
  }

  private publish(session: DeviceSession, payload: Buffer): void {
    const type = this.resource.kind === 'telemetry' ? 'POST_TELEMETRY' : 'POST_ATTRIBUTES';
    const outcome = session.publish(type, payload);
    if (outcome === 'accepted') this.end(new Response(Code.CHANGED));
    else if (outcome === 'malformed') this.end(invalidRequest('not JSON'));
    else this.end(tryLater(Code.TOO_MANY_REQUESTS, RPC_ERROR_TEXTS.RATE_LIMIT_EXCEEDED, session.retryAfterS()));
  }

  private end(response: Response): void {
    this.exchange.respond(response);
    this.session?.close();
  }
}
