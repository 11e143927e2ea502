import type { CancelTimer, Delivery, DeviceSession, OutgoingRpc } from '@device-messaging/host-api';
import { callMessage } from './call-message.js';
import { Exchange } from './exchange.js';
import { REFUSALS } from './refusals.js';

const MIN_MS = 1_000;
const MAX_MS = 300_000;

/** `GET …/rpc`: listens until one call came, the time is over, or the connection is gone. */
export class LongPoll extends Exchange {
  private cancelTimeout: CancelTimer | undefined;

  override deliver(call: OutgoingRpc): Delivery {
    this.respond(200, callMessage(call));
    return 'handed';
  }

  protected proceed(session: DeviceSession): void {
    const timeoutMs = this.readTimeout();
    if (timeoutMs === undefined) return this.refuse(REFUSALS.badTimeout);
    this.cancelTimeout = this.context.host.timers.after(timeoutMs, () => this.respond(408));
    this.whenOnTheLine(() => this.listen(session));
  }

  protected override finish(): boolean {
    this.cancelTimeout?.();
    return super.finish();
  }

  private readTimeout(): number | undefined {
    const { timeout = String(this.context.limits.pollTimeoutMs) } = this.request.query;
    if (typeof timeout !== 'string' || !/^[+-]?\d{1,15}$/.test(timeout)) return undefined;
    return Math.min(Math.max(Number(timeout), MIN_MS), MAX_MS);
  }
}
