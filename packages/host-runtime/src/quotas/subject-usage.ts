import { UNLIMITED, type Quotas, type QuotaSubject } from '@device-messaging/host-api';
import { TokenBucket } from './token-bucket.js';

/** What one tenant, customer or device takes at this moment, beside what it may. Counted whether or not it is limited. */
export class SubjectUsage implements QuotaSubject {
  /** Sessions at once. */
  connections = 0;
  /** Requests whose answer is owed. */
  inFlight = 0;
  /** Calls that wait. */
  waiting = 0;
  /** Requests ever. */
  requests = 0;
  /** When a session opened or closed last, epoch ms. */
  lastUsed = 0;
  /** A limit on messages holds: one look tells that none does. */
  limitsMessages = false;
  /** Counts readings of the quotas: one that was overtaken does not hold. */
  epoch = 0;

  private bounds: Quotas = UNLIMITED;
  private bucket: TokenBucket | undefined;

  constructor(
    readonly kind: QuotaSubject['kind'],
    readonly id: string,
    readonly tenantId: string,
  ) {}

  /** Other quotas hold from now (epoch ms) on; what is under way stays. */
  limit(quotas: Quotas, now: number): void {
    const { messagesPerSecond: rate, messagesInFlight } = quotas;
    this.bounds = quotas;
    if (rate === undefined) this.bucket = undefined;
    else if (this.bucket === undefined) this.bucket = new TokenBucket(rate, now);
    else this.bucket.changeRate(rate, now);
    this.limitsMessages = rate !== undefined || messagesInFlight !== undefined;
  }

  /** Whether a message of this time (epoch ms) may pass. */
  hasToken(now: number): boolean {
    return this.bucket === undefined || this.bucket.has(now);
  }

  /** See {@link TokenBucket.msUntilToken}; 0 where messages are not limited. */
  msUntilToken(now: number): number {
    return this.bucket?.msUntilToken(now) ?? 0;
  }

  takeToken(): void {
    this.bucket?.take();
  }

  /** Not more than it may are under way, the one that just began included. */
  get isWithinInFlight(): boolean {
    return this.inFlight <= (this.bounds.messagesInFlight ?? Infinity);
  }

  /** Whether `more` calls may wait beside those that do. */
  mayWait(more: number): boolean {
    return this.waiting + more <= (this.bounds.waitingMessages ?? Infinity);
  }

  /** Whether `more` sessions may open beside those that are. */
  mayConnect(more: number): boolean {
    return this.connections + more <= (this.bounds.connections ?? Infinity);
  }

  /** Nothing would be lost if it were counted anew: nothing is under way, nothing was taken that is still owed. */
  isIdle(now: number, idleMs: number): boolean {
    if (this.connections > 0 || this.inFlight > 0 || this.waiting > 0 || now - this.lastUsed < idleMs) return false;
    return this.bucket === undefined || this.bucket.isFull(now);
  }
}
