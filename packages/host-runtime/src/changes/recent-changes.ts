/** Changes that are told apart at least, whatever else is changed meanwhile. */
const REMEMBERED = 4_096;

/**
 * What was changed lately, by id, so that a reading that began before a change of its own row is not taken for what
 * holds after it, and no other change matters to it.
 *
 * Memory is bounded: of the oldest changes only the time is known. A reading during which more than
 * {@link REMEMBERED} others were changed counts as overtaken; it is made once more, which a reading that is that slow
 * can bear.
 */
export class RecentChanges {
  /** Counts changes. Numbers, not times: two changes of one ms are told apart. */
  private count = 0;
  /** Number of the last change of each id. */
  private recent = new Map<string, number>();
  private older = new Map<string, number>();
  private recentSince = 0;
  /** What was changed up to here may be forgotten. */
  private forgotten = 0;

  constructor(private readonly remembered: number = REMEMBERED) {}

  /** How many ids are kept: at most twice as many as are told apart. */
  get size(): number {
    return this.recent.size + this.older.size;
  }

  /** The row with this id was changed. */
  add(id: string): void {
    if (this.recent.size >= this.remembered && !this.recent.has(id)) {
      this.forgotten = this.recentSince;
      this.recentSince = this.count;
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(id, ++this.count);
  }

  /** Now: what is passed to {@link RecentChanges.hasChanged} when something was read that began now. */
  now(): number {
    return this.count;
  }

  /** Whether the row with this id was changed after `since`, or may have been. */
  hasChanged(id: string, since: number): boolean {
    if (since < this.forgotten) return true;
    return (this.recent.get(id) ?? this.older.get(id) ?? 0) > since;
  }
}
