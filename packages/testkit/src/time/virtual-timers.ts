import type { CancelTimer, Timers } from '@device-messaging/host-api';
import { settle } from './settle.js';

interface Timer {
  /** Epoch ms. */
  readonly due: number;
  readonly run: () => void;
}

/** A clock that tests turn: time moves only by {@link VirtualTimers.advance}, and what is due runs then, in order. */
export class VirtualTimers implements Timers {
  /** By due time, then in order of creation. */
  private readonly timers: Timer[] = [];
  private time: number;

  /** @param startMs epoch ms at which the time begins */
  constructor(startMs: number = Date.UTC(2017, 0, 1)) {
    this.time = startMs;
  }

  now(): number {
    return this.time;
  }

  after(delayMs: number, run: () => void): CancelTimer {
    const timer: Timer = { due: this.time + Math.max(0, delayMs), run };
    this.timers.splice(this.firstDueAfter(timer.due), 0, timer);
    return () => {
      const position = this.timers.indexOf(timer);
      if (position >= 0) this.timers.splice(position, 1);
    };
  }

  /** Timers that have neither run nor been cancelled. */
  get pending(): number {
    return this.timers.length;
  }

  /**
   * Moves the time by `ms` and runs what is due meanwhile at its own time, what it arms included. An error of a timer
   * is thrown here; the time stands where it happened.
   */
  advance(ms: number): void {
    const end = this.endOf(ms);
    for (let timer = this.takeDue(end); timer !== undefined; timer = this.takeDue(end)) timer.run();
    this.time = end;
  }

  /** Like {@link VirtualTimers.advance}, but lets promises and streams settle before, between and after the timers. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.endOf(ms);
    await settle();
    for (let timer = this.takeDue(end); timer !== undefined; timer = this.takeDue(end)) {
      timer.run();
      await settle();
    }
    this.time = end;
    await settle();
  }

  private endOf(ms: number): number {
    if (!(ms >= 0)) throw new RangeError(`Time moves forward only: advance by 0 ms or more, not by ${ms}`);
    return this.time + ms;
  }

  /** The next timer that is due by `end`; the time is its own from now on. */
  private takeDue(end: number): Timer | undefined {
    const next = this.timers[0];
    if (next === undefined || next.due > end) return undefined;
    this.timers.shift();
    this.time = Math.max(this.time, next.due);
    return next;
  }

  private firstDueAfter(due: number): number {
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timers[middle]!.due <= due) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
