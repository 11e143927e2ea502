import type { TurnQueue, TurnTaker } from '@device-messaging/host-api';

/** Requests of one connection that are begun in a row before others have their turn. */
const REQUESTS_IN_A_TURN = 8;

/**
 * The requests of one connection on their way in. Node.js parses 64 KiB at once, hundreds of small requests, and hands
 * them over one after the other: beyond a few they wait for the next turn of the event loop.
 */
export class RequestLane implements TurnTaker {
  nextTaker: TurnTaker | undefined;
  /** Requests that came in and have no response yet. */
  open = 0;

  private left = REQUESTS_IN_A_TURN;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly turns: TurnQueue) {}

  /** Begins a request, now or when its turn comes. */
  enter(begin: () => void): void {
    if (this.left > 0) {
      this.left--;
      begin();
      return;
    }
    if (this.waiting.push(begin) === 1) this.turns.add(this);
  }

  takeTurn(): void {
    this.left = REQUESTS_IN_A_TURN;
    const begun = this.waiting.splice(0, this.left);
    this.left -= begun.length;
    if (this.waiting.length > 0) this.turns.add(this);
    for (const begin of begun) begin();
  }

  /** The connection is gone: nothing of it is begun any more. */
  close(): void {
    this.waiting.fill(nothing);
  }
}

function nothing(): void {
  // Takes the place of a request whose connection is gone.
}
