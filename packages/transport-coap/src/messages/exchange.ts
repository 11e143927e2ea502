import { firstBlock } from '../blocks/first-block.js';
import { RESERVED_SZX, szxOf } from '../codec/block.js';
import type { IncomingMessage } from '../codec/incoming-message.js';
import { MessageType } from '../codec/message-type.js';
import { ABSENT, type Response } from '../codec/response.js';
import { writeEmpty, writeResponse } from '../codec/write-message.js';
import type { CoapContext, OpenExchange } from '../coap-context.js';
import type { Peer } from '../endpoint/peer.js';
import type { Receipt } from '../endpoint/receipt.js';
import { UNSCHEDULED, type Task } from '../time/schedule.js';
import { NOBODY, Transmission } from './transmission.js';

/** Who works on the response to a request. */
export interface ExchangeWorker {
  /** The transport stops: the response will not come in time. */
  abandon(): void;
}

/**
 * A request until its one response (RFC 7252 section 5.2): with the acknowledgement when it is ready soon, else after an
 * empty acknowledgement in a confirmable message of its own; a non-confirmable request gets a non-confirmable response.
 */
export class Exchange implements Task, OpenExchange {
  /** Who works on the response. */
  worker: ExchangeWorker | undefined;
  due = 0;
  place: number = UNSCHEDULED;

  private isAcknowledged = false;
  private isAnswered = false;

  constructor(
    private readonly context: CoapContext,
    readonly peer: Peer,
    readonly message: IncomingMessage,
    private readonly receipt: Receipt,
  ) {
    peer.hold();
    peer.openExchanges += 1;
    context.exchanges.add(this);
  }

  get isOver(): boolean {
    return this.isAnswered;
  }

  /** The response is not ready yet. */
  wait(): void {
    if (this.isAnswered || this.isAcknowledged || !this.message.isConfirmable || this.place !== UNSCHEDULED) return;
    const { schedule, limits } = this.context;
    schedule.set(this, schedule.now() + limits.ackDelayMs);
  }

  onDue(): void {
    this.isAcknowledged = true;
    this.reply(writeEmpty(MessageType.ACK, this.message.messageId));
  }

  /** The first response counts. A body that does not fit one datagram goes out block by block. */
  respond(response: Response): void {
    const { context, peer, message } = this;
    if (this.isAnswered) return;
    const { block1, block2: askedBlock2 } = message;
    if (block1 !== ABSENT && szxOf(block1) !== RESERVED_SZX) response.block1 = block1;
    const tokenBytes = message.token.length;
    const requestBytes = message.bytes.length;
    const bytes = firstBlock(response, { peer, limits: context.limits, tokenBytes, requestBytes, askedBlock2 });
    if (bytes < response.body.length) {
      context.downloads.keep(peer, message.targetKey, message.tokenKey, response, bytes);
    }
    this.send(response, 0, bytes);
  }

  /** Responds with a part of a body. */
  send(response: Response, from: number, to: number): void {
    const { context, peer, message } = this;
    if (this.isAnswered) return;
    const { token } = message;
    if (!message.isConfirmable) {
      peer.send(writeResponse(MessageType.NON, peer.takeMessageId(), token, response, from, to));
    } else if (!this.isAcknowledged) {
      this.reply(writeResponse(MessageType.ACK, message.messageId, token, response, from, to));
    } else {
      const id = peer.takeMessageId();
      const datagram = writeResponse(MessageType.CON, id, token, response, from, to);
      new Transmission(context, peer, id, datagram, NOBODY).start();
    }
    this.finish();
  }

  abandon(): void {
    const { worker } = this;
    if (worker === undefined) this.drop();
    else worker.abandon();
  }

  /** Ends the exchange without a word. */
  drop(): void {
    if (!this.isAnswered) this.finish();
  }

  private finish(): void {
    this.isAnswered = true;
    this.context.schedule.clear(this);
    this.context.exchanges.delete(this);
    this.peer.openExchanges -= 1;
    this.peer.release();
  }

  private reply(datagram: Buffer): void {
    this.receipt.reply = datagram;
    this.context.receipts.grow(this.receipt, datagram.length);
    this.peer.send(datagram);
  }
}
