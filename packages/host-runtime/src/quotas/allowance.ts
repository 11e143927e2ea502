import { OverQuotaError } from '@device-messaging/host-api';
import type { SubjectUsage } from './subject-usage.js';

/** Longest time after which a device is told to ask again, s: the quota may be another one by then. */
const MAX_RETRY_AFTER_S = 3_600;

/** Part of a second that rounding may add to a time. */
const ROUNDING = 1e-6;

/**
 * What a device may take: its own quotas, its customer's and its tenant's, each of which must allow it. Every session
 * and every request holds the one that it is counted in. Devices without quotas of their own share their customer's.
 */
export class Allowance {
  constructor(
    readonly tenant: SubjectUsage,
    readonly customer: SubjectUsage | undefined,
    /** `undefined`: nothing is limited for the device itself. */
    readonly device: SubjectUsage | undefined,
  ) {}

  /** A request of this time (epoch ms) begins, and ends with {@link Allowance.requestEnded}. `false`: it is too much. */
  beginRequest(now: number): boolean {
    const { tenant, customer, device } = this;
    tenant.inFlight++;
    tenant.requests++;
    if (customer !== undefined) {
      customer.inFlight++;
      customer.requests++;
    }
    if (device !== undefined) device.inFlight++;
    if (!this.limitsMessages) return true;
    const isWithin =
      tenant.isWithinInFlight && customer?.isWithinInFlight !== false && device?.isWithinInFlight !== false;
    return isWithin && this.takeToken(now);
  }

  /** See `DeviceSession.retryAfterS`: asked only by whoever was refused. */
  retryAfterS(now: number): number {
    const { tenant, customer, device } = this;
    const ms = Math.max(tenant.msUntilToken(now), customer?.msUntilToken(now) ?? 0, device?.msUntilToken(now) ?? 0);
    return Math.min(MAX_RETRY_AFTER_S, Math.max(1, Math.ceil(ms / 1_000 - ROUNDING)));
  }

  requestEnded(): void {
    const { tenant, customer, device } = this;
    tenant.inFlight--;
    if (customer !== undefined) customer.inFlight--;
    if (device !== undefined) device.inFlight--;
  }

  /** Telemetry or attributes of this time (epoch ms). `false`: it is too much. */
  takeMessage(now: number): boolean {
    return !this.limitsMessages || this.takeToken(now);
  }

  /** Whether a call may wait beside those that do; `isCounted`: it is one of them already. */
  mayWait(isCounted: boolean): boolean {
    const { tenant, customer, device } = this;
    const more = isCounted ? 0 : 1;
    return tenant.mayWait(more) && customer?.mayWait(more) !== false && device?.mayWait(more) !== false;
  }

  waitBegan(): void {
    this.countWaiting(1);
  }

  waitEnded(): void {
    this.countWaiting(-1);
  }

  /** Why no session may open; `isReplacing`: another one closes for it. */
  refusalOfSession(isReplacing: boolean): OverQuotaError | undefined {
    const more = isReplacing ? 0 : 1;
    for (const usage of [this.device, this.customer, this.tenant]) {
      if (usage?.mayConnect(more) === false) {
        return new OverQuotaError({ kind: usage.kind, id: usage.id }, 'connections');
      }
    }
    return undefined;
  }

  sessionOpened(now: number): void {
    this.countSessions(1, now);
  }

  sessionClosed(now: number): void {
    this.countSessions(-1, now);
  }

  private get limitsMessages(): boolean {
    const { tenant, customer, device } = this;
    return tenant.limitsMessages || customer?.limitsMessages === true || device?.limitsMessages === true;
  }

  /** A message that one of them refuses takes nothing of the others. */
  private takeToken(now: number): boolean {
    const { tenant, customer, device } = this;
    if (!tenant.hasToken(now) || customer?.hasToken(now) === false || device?.hasToken(now) === false) return false;
    tenant.takeToken();
    customer?.takeToken();
    device?.takeToken();
    return true;
  }

  private countWaiting(by: 1 | -1): void {
    const { tenant, customer, device } = this;
    tenant.waiting += by;
    if (customer !== undefined) customer.waiting += by;
    if (device !== undefined) device.waiting += by;
  }

  private countSessions(by: 1 | -1, now: number): void {
    for (const usage of [this.device, this.customer, this.tenant]) {
      if (usage === undefined) continue;
      usage.connections += by;
      usage.lastUsed = now;
    }
  }
}
