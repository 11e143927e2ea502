import type { CancelTimer, Timers } from '@device-messaging/host-api';

/** Tells a connection that is merely slow from one whose device takes nothing any more. */
export class StallWatch {
  private cancelTimer: CancelTimer | undefined;

  constructor(
    private readonly timers: Timers,
    /** Ms without progress after which a connection is stalled. */
    private readonly timeoutMs: number,
    /** All bytes that the network has ever taken. */
    private readonly sentBytes: () => number,
    private readonly onStalled: () => void,
  ) {
    this.watch(sentBytes());
  }

  stop(): void {
    this.cancelTimer?.();
  }

  private watch(sentBefore: number): void {
    this.cancelTimer = this.timers.after(this.timeoutMs, () => {
      const sent = this.sentBytes();
      if (sent > sentBefore) this.watch(sent);
      else this.onStalled();
    });
  }
}
