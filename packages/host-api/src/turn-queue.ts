/** How many of those that wait are served in one turn of the event loop. */
const SERVED_IN_A_TURN = 4;

/** A connection that had its share of a turn of the event loop and has more to do. */
export interface TurnTaker {
  /** Used by the queue alone: who comes next. */
  nextTaker: TurnTaker | undefined;
  /** Does another share of it; may queue again. Must not throw. */
  takeTurn(): void;
}

/**
 * For transports: connections that sent more than one of them may have handled at once. They are served a few in a turn of the event
 * loop, one after the other, so that all of them together hold up others no longer than a few milliseconds, however
 * many they are and however much they send.
 */
export class TurnQueue {
  private first: TurnTaker | undefined;
  private last: TurnTaker | undefined;
  private isScheduled = false;

  /** Called by a connection that does not wait already. */
  add(taker: TurnTaker): void {
    if (this.last === undefined) this.first = taker;
    else this.last.nextTaker = taker;
    this.last = taker;
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(serveNext, this);
  }

  /** What {@link TurnQueue.add} scheduled; nobody else calls it. */
  serve(): void {
    this.isScheduled = false;
    const end = this.last;
    for (let left = SERVED_IN_A_TURN; left > 0 && this.first !== undefined; left--) {
      const taker: TurnTaker = this.first;
      this.first = taker.nextTaker;
      if (this.first === undefined) this.last = undefined;
      taker.nextTaker = undefined;
      taker.takeTurn();
      // Those behind queued while others were served: their next turn is another one.
      if (taker === end) break;
    }
    if (this.first === undefined || this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(serveNext, this);
  }
}

function serveNext(queue: TurnQueue): void {
  queue.serve();
}
