import type { CoapContext } from '../coap-context.js';
import type { Outstanding, Peer } from '../endpoint/peer.js';
import { UNSCHEDULED, type Task } from '../time/schedule.js';

/** RFC 7252 section 4.8. */
const ACK_RANDOM_FACTOR = 1.5;

/** Who wants to know what became of a confirmable message. Calls must not throw. */
export interface TransmissionOwner {
  onAcknowledged(): void;
  onReset(): void;
  /** Nobody answered, however often it was sent. */
  onFailed(): void;
  /** Its time had passed before it was acknowledged. */
  onExpired(): void;
}

/** A confirmable message on its way: sent again with exponential back-off until it is acknowledged (RFC 7252 section 4.2). */
export class Transmission implements Task, Outstanding {
  due = 0;
  place: number = UNSCHEDULED;

  private retransmissions = 0;
  private timeoutMs: number;
  private isOver = false;

  constructor(
    private readonly context: CoapContext,
    private readonly peer: Peer,
    private readonly messageId: number,
    private readonly datagram: Uint8Array,
    private readonly owner: TransmissionOwner,
    /** Epoch ms. */
    private readonly expiresAt = Infinity,
  ) {
    this.timeoutMs = context.limits.ackTimeoutMs * (1 + Math.random() * (ACK_RANDOM_FACTOR - 1));
  }

  start(): void {
    this.peer.hold();
    this.peer.outstanding.set(this.messageId, this);
    this.await();
    this.peer.send(this.datagram);
  }

  /** Forgets the message; what comes back for it is ignored. */
  cancel(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.context.schedule.clear(this);
    this.peer.outstanding.delete(this.messageId);
    this.peer.release();
  }

  acknowledged(): void {
    this.cancel();
    this.owner.onAcknowledged();
  }

  reset(): void {
    this.cancel();
    this.owner.onReset();
  }

  onDue(): void {
    const { limits, schedule } = this.context;
    const most = this.peer.isVerified ? limits.maxRetransmit : limits.maxRetransmitUnverified;
    if (schedule.now() >= this.expiresAt) {
      this.cancel();
      this.owner.onExpired();
    } else if (this.retransmissions >= most) {
      this.cancel();
      this.owner.onFailed();
    } else {
      this.retransmissions += 1;
      this.timeoutMs *= 2;
      this.await();
      this.peer.send(this.datagram);
    }
  }

  private await(): void {
    const { schedule } = this.context;
    schedule.set(this, Math.min(schedule.now() + this.timeoutMs, this.expiresAt));
  }
}

/** For messages that nobody asks about: a response that does not arrive has only itself to lose. */
export const NOBODY: TransmissionOwner = {
  onAcknowledged: () => undefined,
  onReset: () => undefined,
  onFailed: () => undefined,
  onExpired: () => undefined,
};
