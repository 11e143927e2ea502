import { Timers, type CancelTimer } from '@device-messaging/host-api';
import { inject, injectable } from 'inversify';
import { TickHeap } from './tick-heap.js';

/** Ms. */
const TICK_MS = 10;

/** Something that has a deadline; it carries its own place in the queue, so that setting one costs no allocation. */
export abstract class Expirable {
  /** @internal */ bucket: Bucket | undefined;
  /** @internal */ previous: Expirable | undefined;
  /** @internal */ next: Expirable | undefined;

  /** The deadline passed. Must not throw. */
  abstract expire(): void;
}

/** All that is due in one tick, as a list in order of arrival. */
interface Bucket {
  readonly tick: number;
  first: Expirable | undefined;
  last: Expirable | undefined;
}

/**
 * All deadlines of a host on one timer. Deadlines are rounded up to ticks: nothing expires early, and nothing later
 * than a tick (and what the event loop is behind). Setting and clearing one takes constant time.
 */
@injectable()
export class DeadlineQueue {
  private readonly buckets = new Map<number, Bucket>();
  private readonly ticks = new TickHeap();
  private armedTick = Infinity;
  private cancelTimer: CancelTimer | undefined;
  private count = 0;

  constructor(@inject(Timers) private readonly timers: Timers) {}

  /** How many deadlines are set. */
  get size(): number {
    return this.count;
  }

  /** `entry` expires at `deadline` (epoch ms) unless it is cleared before. An entry has one deadline at a time. */
  set(entry: Expirable, deadline: number): void {
    if (entry.bucket !== undefined) this.clear(entry);
    const bucket = this.bucketAt(Math.ceil(deadline / TICK_MS));
    entry.bucket = bucket;
    entry.previous = bucket.last;
    if (bucket.last === undefined) bucket.first = entry;
    else bucket.last.next = entry;
    bucket.last = entry;
    this.count++;
  }

  /** Takes an entry's deadline away; without one, does nothing. */
  clear(entry: Expirable): void {
    const bucket = entry.bucket;
    if (bucket === undefined) return;
    if (entry.previous === undefined) bucket.first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === undefined) bucket.last = entry.previous;
    else entry.next.previous = entry.previous;
    entry.bucket = undefined;
    entry.previous = undefined;
    entry.next = undefined;
    this.count--;
  }

  /** Stops the timer. Nothing expires any more. */
  close(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.armedTick = Infinity;
  }

  private bucketAt(tick: number): Bucket {
    let bucket = this.buckets.get(tick);
    if (bucket === undefined) {
      bucket = { tick, first: undefined, last: undefined };
      this.buckets.set(tick, bucket);
      this.ticks.push(tick);
      if (tick < this.armedTick) this.arm(tick);
    }
    return bucket;
  }

  private arm(tick: number): void {
    this.cancelTimer?.();
    this.armedTick = tick;
    this.cancelTimer = this.timers.after(Math.max(0, tick * TICK_MS - this.timers.now()), () => this.turn());
  }

  private turn(): void {
    this.cancelTimer = undefined;
    this.armedTick = Infinity;
    const now = this.timers.now();
    for (let tick = this.ticks.peek(); tick !== undefined && tick * TICK_MS <= now; tick = this.ticks.peek()) {
      this.ticks.pop();
      const bucket = this.buckets.get(tick)!;
      this.buckets.delete(tick);
      while (bucket.first !== undefined) {
        const entry = bucket.first;
        this.clear(entry);
        entry.expire();
      }
    }
    const next = this.ticks.peek();
    // What expired may have set a deadline and so armed the timer already.
    if (next !== undefined && next < this.armedTick) this.arm(next);
  }
}
