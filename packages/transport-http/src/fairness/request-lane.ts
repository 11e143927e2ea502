import type { TurnQueue, TurnTaker } from '@device-messaging/host-api';

/** Requests of one connection that are begun in a row before others have their turn. */
const REQUESTS_IN_A_TURN = 8;

/**
 * The requests of one connection on their way in. Node.js parses 64 KiB at once, hundreds of small requests, and hands
 * them over one after the other: beyond a few of what came together they wait for the next turn of the event loop.
 */
export class RequestLane implements TurnTaker {
  nextTaker: TurnTaker | undefined;
  /** Requests that came in and have no response yet. */
  open = 0;

  private left = REQUESTS_IN_A_TURN;
  private bytesAtLast = 0;
  private isQueued = false;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly turns: TurnQueue) {}

  /**
   * Begins a request, now or when its turn comes. `bytesRead`: what the connection has read by now; as much as at the
   * last request means that both came at once.
   */
  enter(begin: () => void, bytesRead: number): void {
    const isFirstInLine = this.waiting.length === 0;
    if (isFirstInLine && bytesRead !== this.bytesAtLast) this.left = REQUESTS_IN_A_TURN;
    this.bytesAtLast = bytesRead;
    if (isFirstInLine && this.left > 0) {
      this.left--;
      begin();
    } else {
      this.waiting.push(begin);
      this.queue();
    }
  }

  takeTurn(): void {
    this.isQueued = false;
    let begun = 0;
    for (let begin; begun < REQUESTS_IN_A_TURN && (begin = this.waiting.shift()) !== undefined; begun++) begin();
    if (this.waiting.length > 0) this.queue();
    else this.left = REQUESTS_IN_A_TURN - begun;
  }

  /** The connection is gone: nothing of it is begun any more. */
  close(): void {
    this.waiting.length = 0;
  }

  private queue(): void {
    if (this.isQueued) return;
    this.isQueued = true;
    this.turns.add(this);
  }
}
