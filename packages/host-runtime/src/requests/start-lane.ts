import { isThenable, type Awaitable } from '@device-messaging/plugin-api';

/** A message of a device on its way to its handler. */
export interface Arrival {
  /** Brings the message to its handler; done when the handler was called. Neither throws nor rejects. */
  start(): Awaitable<void>;
}

/**
 * Starts the messages of one device one after the other in the order of their arrival: while one has to wait (for a
 * plugin that starts, a row that is read) those behind it wait as well. What waits is bounded by its owner.
 */
export class StartLane {
  private readonly queue: Arrival[] = [];
  private isBusy = false;

  constructor(private readonly onIdle: () => void) {}

  get isIdle(): boolean {
    return !this.isBusy && this.queue.length === 0;
  }

  get length(): number {
    return this.queue.length;
  }

  /** The message at the head is on its way already; the lane moves on when it has started. */
  follow(head: PromiseLike<void>): void {
    this.isBusy = true;
    head.then(() => {
      this.isBusy = false;
      this.drain();
    });
  }

  push(arrival: Arrival): void {
    this.queue.push(arrival);
  }

  private drain(): void {
    for (let arrival = this.queue.shift(); arrival !== undefined; arrival = this.queue.shift()) {
      const started = arrival.start();
      if (isThenable(started)) {
        this.follow(started);
        return;
      }
    }
    this.onIdle();
  }
}
