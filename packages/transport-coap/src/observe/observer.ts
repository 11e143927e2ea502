import type { Delivery, DeviceSession, OutgoingRpc, SessionCloseReason } from '@device-messaging/host-api';
import type { Download, FetchListener } from '../blocks/download.js';
import { firstBlock, longestBodyFor, nextEtag } from '../blocks/first-block.js';
import { Code } from '../codec/code.js';
import { MessageType } from '../codec/message-type.js';
import { ContentFormat } from '../codec/option-number.js';
import { Response } from '../codec/response.js';
import { writeEmpty, writeResponse } from '../codec/write-message.js';
import type { CoapContext } from '../coap-context.js';
import type { Exchange } from '../messages/exchange.js';
import { NOBODY, Transmission, type TransmissionOwner } from '../messages/transmission.js';
import type { Peer } from '../endpoint/peer.js';
import { farewell } from '../resources/farewell.js';
import { UNSCHEDULED, type Task } from '../time/schedule.js';
import { callRepresentation } from './call-representation.js';

const NO_CALL = -1;

/**
 * - `idle`: takes a call.
 * - `notifying`: a call was sent and not acknowledged yet.
 * - `fetching`: it was acknowledged, and the device fetches the rest of it in blocks.
 * - `pinging`: the device was asked for a sign of life.
 */
type Phase = 'idle' | 'notifying' | 'fetching' | 'pinging' | 'ended';

/** Whose observer it is. */
export interface ObserverTable {
  forget(observer: Observer): void;
}

/**
 * One observation (RFC 7641): a session that listens. Every call is a confirmable notification of its own, one at a
 * time; it is handed over when it was acknowledged and fetched whole.
 */
export class Observer implements Task, TransmissionOwner, FetchListener {
  due = 0;
  place: number = UNSCHEDULED;
  readonly peer: Peer;
  readonly tokenKey: string;

  private phase: Phase = 'idle';
  private readonly token: Buffer;
  /** Of the request that observes: see {@link Exchange.respond}. */
  private requestBytes: number;
  private askedBlock2: number;
  private targetKey: string;
  /** Epoch ms of the last sign of life. */
  private seenAt: number;
  /** What is under way. */
  private callId = NO_CALL;
  private transmission: Transmission | undefined;
  private download: Download | undefined;

  constructor(
    private readonly context: CoapContext,
    private readonly table: ObserverTable,
    { peer, message }: Exchange,
    readonly accessToken: string,
    private readonly session: DeviceSession,
  ) {
    this.peer = peer;
    this.tokenKey = message.tokenKey;
    // A copy: what came with it is not kept as long as the observation lasts.
    this.token = Buffer.from(message.token);
    this.requestBytes = message.bytes.length;
    this.askedBlock2 = message.block2;
    this.targetKey = message.targetKey;
    this.seenAt = context.schedule.now();
    peer.hold();
  }

  /** Answers the request that observes, the first one and those that come again (RFC 7641 section 3.3.1). */
  welcome(exchange: Exchange): void {
    const { message } = exchange;
    this.requestBytes = message.bytes.length;
    this.askedBlock2 = message.block2;
    this.targetKey = message.targetKey;
    const response = new Response(Code.CONTENT, undefined, ContentFormat.JSON);
    response.observe = this.context.nextObserve();
    exchange.respond(response);
  }

  /** After {@link welcome}: the calls that waited come now. */
  listen(): void {
    this.seen();
    this.context.schedule.set(this, this.seenAt + this.idleMs);
    this.session.listen();
  }

  deliver(call: OutgoingRpc): Delivery {
    if (this.phase !== 'idle') return 'busy';
    const { context, peer, token } = this;
    const body = callRepresentation(call);
    if (body.length > longestBodyFor(this.askedBlock2, context.limits)) return 'too-large';
    const response = new Response(Code.CONTENT, body, ContentFormat.JSON);
    response.etag = nextEtag();
    response.observe = context.nextObserve();
    const bytes = firstBlock(response, {
      peer,
      limits: context.limits,
      tokenBytes: token.length,
      requestBytes: this.requestBytes,
      askedBlock2: this.askedBlock2,
    });
    this.phase = 'notifying';
    this.callId = call.id;
    if (bytes < body.length) {
      this.download = context.downloads.keep(peer, this.targetKey, this.tokenKey, response, bytes, this);
    }
    const id = peer.takeMessageId();
    this.transmit(id, writeResponse(MessageType.CON, id, token, response, 0, bytes), call.deadline);
    return 'unconfirmed';
  }

  /** The host closed the session: the last notification is an error, which ends the observation (RFC 7641 section 3.2). */
  dismiss(reason: SessionCloseReason): void {
    if (this.phase === 'ended') return;
    const { context, peer, token } = this;
    const response = farewell(reason);
    const id = peer.takeMessageId();
    const bytes = response.body.length;
    if (reason === 'HOST_STOPPING') {
      // Nobody will be there to hear an acknowledgement.
      peer.send(writeResponse(MessageType.NON, id, token, response, 0, bytes));
    } else {
      const datagram = writeResponse(MessageType.CON, id, token, response, 0, bytes);
      new Transmission(context, peer, id, datagram, NOBODY).start();
    }
    this.end();
  }

  /** Ends the observation. A call that was not acknowledged was not handed over. */
  end(): void {
    if (this.phase === 'ended') return;
    this.phase = 'ended';
    this.context.schedule.clear(this);
    this.table.forget(this);
    const { callId } = this;
    this.forgetCall();
    // First, so that the call that failed is not offered here again.
    this.session.unlisten();
    if (callId !== NO_CALL) this.session.fail(callId);
    this.session.close();
    this.peer.release();
  }

  /**
   * The device replied to a call. If that is the one that is under way it has it, though its acknowledgement was lost:
   * libcoap 4.3 does not acknowledge the copies of a notification.
   */
  replied(accessToken: string, rpcId: number): void {
    if (this.phase !== 'notifying' || this.callId !== rpcId || this.accessToken !== accessToken) return;
    this.seen();
    this.received(true);
  }

  onAcknowledged(): void {
    this.seen();
    if (this.phase === 'pinging') this.settle();
    else if (this.phase === 'notifying') this.received(this.download?.isWhole ?? true);
  }

  /** To a ping it is the sign of life (RFC 7252 section 4.3); to a notification, the end (RFC 7641 section 3.6). */
  onReset(): void {
    this.seen();
    if (this.phase === 'pinging') this.settle();
    else this.end();
  }

  onFailed(): void {
    this.end();
  }

  /** The call's deadline passed, whether or not the device is there: that is asked next. */
  onExpired(): void {
    this.giveUp('pinging');
  }

  onFetched(isWhole: boolean): void {
    this.seen();
    // Who asks for more has got the beginning, even if the acknowledgement was lost.
    if (this.phase === 'notifying' || this.phase === 'fetching') this.received(isWhole);
  }

  onForgotten(): void {
    this.download = undefined;
    if (this.phase === 'fetching') this.giveUp('idle');
  }

  /** The device was silent for long, or it does not fetch the rest of a call. */
  onDue(): void {
    const { schedule } = this.context;
    const now = schedule.now();
    if (this.phase === 'fetching') {
      this.giveUp('idle');
      return;
    }
    const nextCheck = this.seenAt + this.idleMs;
    if (nextCheck > now) {
      schedule.set(this, nextCheck);
      return;
    }
    schedule.set(this, now + this.idleMs);
    if (this.phase === 'idle') this.ping();
  }

  private get idleMs(): number {
    const { observerIdleMs, unverifiedIdleMs } = this.context.limits;
    return this.peer.isVerified ? observerIdleMs : Math.min(observerIdleMs, unverifiedIdleMs);
  }

  private seen(): void {
    this.seenAt = this.context.schedule.now();
  }

  /** The device has the call, or a part of it. */
  private received(isWhole: boolean): void {
    this.transmission?.cancel();
    this.transmission = undefined;
    if (!isWhole) {
      const { schedule, limits } = this.context;
      this.phase = 'fetching';
      schedule.set(this, this.seenAt + limits.fetchTimeoutMs);
      return;
    }
    const { callId } = this;
    this.download?.detach();
    this.download = undefined;
    this.callId = NO_CALL;
    this.phase = 'idle';
    this.session.confirm(callId);
    this.session.resume();
  }

  /** The call certainly did not arrive. */
  private giveUp(next: 'idle' | 'pinging'): void {
    const { callId, context } = this;
    this.forgetCall();
    if (next === 'pinging') this.ping();
    else {
      this.phase = 'idle';
      context.schedule.set(this, Math.max(this.seenAt + this.idleMs, context.schedule.now() + 1));
    }
    this.session.fail(callId);
    if (next === 'idle') this.session.resume();
  }

  private ping(): void {
    this.phase = 'pinging';
    const id = this.peer.takeMessageId();
    this.transmit(id, writeEmpty(MessageType.CON, id));
  }

  /** The device is there, and takes calls again. */
  private settle(): void {
    this.transmission = undefined;
    this.phase = 'idle';
    this.session.resume();
  }

  private transmit(id: number, datagram: Buffer, expiresAt?: number): void {
    this.transmission = new Transmission(this.context, this.peer, id, datagram, this, expiresAt);
    this.transmission.start();
  }

  private forgetCall(): void {
    const { download } = this;
    this.transmission?.cancel();
    this.transmission = undefined;
    this.download = undefined;
    this.callId = NO_CALL;
    if (download !== undefined) this.context.downloads.store.forget(download);
  }
}
