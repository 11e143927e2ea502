import type { CancelTimer } from '@device-messaging/host-api';
import { ReasonCode } from '../codec/reason-code.js';
import type { Connection } from './connection.js';

/**
 * Closes a connection that was silent for one and a half times its keep-alive interval (MQTT 5 section 3.1.2.10).
 * One timer that looks at the time of the last bytes when it fires: packets do not touch it.
 */
export class KeepAlive {
  private readonly maxSilenceMs: number;
  private cancel: CancelTimer;

  constructor(
    private readonly connection: Connection,
    seconds: number,
  ) {
    this.maxSilenceMs = seconds * 1500;
    this.cancel = this.checkAfter(this.maxSilenceMs);
  }

  stop(): void {
    this.cancel();
  }

  private checkAfter(delayMs: number): CancelTimer {
    return this.connection.context.host.timers.after(delayMs, () => this.check());
  }

  private check(): void {
    const { connection } = this;
    // While this end does not read, the silence is its own.
    const silentMs = connection.isReadingPaused ? 0 : connection.context.host.timers.now() - connection.lastHeardAt;
    if (silentMs >= this.maxSilenceMs) {
      connection.refuse(ReasonCode.KEEP_ALIVE_TIMEOUT, `nothing came in for ${this.maxSilenceMs} ms`);
      return;
    }
    this.cancel = this.checkAfter(this.maxSilenceMs - silentMs);
  }
}
