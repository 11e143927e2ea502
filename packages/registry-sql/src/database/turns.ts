import { DatabaseError } from './database-error.js';

/** How many may wait for their turn, unless said otherwise. */
const MAX_WAITING = 10_000;

/** Lets one at a time through, in the order in which they came. */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private isTaken = false;

  constructor(private readonly maxWaiting: number = MAX_WAITING) {}

  /**
   * @returns ends the turn, when called; once
   * @throws DatabaseError BUSY when too many wait
   */
  async take(): Promise<() => void> {
    if (this.isTaken) {
      if (this.waiting.length >= this.maxWaiting) {
        throw new DatabaseError('BUSY', `${this.maxWaiting} changes wait for the database already`);
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.isTaken = true;
    return () => this.end();
  }

  /** The turn is handed on, not given up: nobody who comes now may get in between. */
  private end(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.isTaken = false;
    else next();
  }
}
