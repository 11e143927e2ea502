import type { CancelTimer, Timers } from '@device-messaging/host-api';

/** A clock that stands still until a test turns it. */
export class VirtualTimers implements Timers {
  private time = 1_700_000_000_000;
  private readonly timers = new Set<{ at: number; run: () => void }>();

  get pending(): number {
    return this.timers.size;
  }

  now(): number {
    return this.time;
  }

  after(delayMs: number, run: () => void): CancelTimer {
    const timer = { at: this.time + delayMs, run };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** Turns the clock and runs what falls due, in order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers.delete(due);
      this.time = due.at;
      due.run();
    }
    this.time = end;
  }
}
