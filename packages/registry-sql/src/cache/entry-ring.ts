/** What is kept of one answer; part of a ring while it is in the cache. */
export class CacheEntry<V> {
  /** `undefined` while the answer is being fetched. */
  value: V | undefined;
  /** Was asked for since the ring came by. */
  isUsed = false;
  loading: Promise<V> | undefined;
  bytes = 0;
  groups: readonly string[] = [];
  older: CacheEntry<unknown> | undefined;
  younger: CacheEntry<unknown> | undefined;
  ring: EntryRing | undefined;

  constructor(
    readonly key: string,
    readonly owner: EntryOwner,
  ) {}
}

/** Who must forget an entry that the ring gives up. */
export interface EntryOwner {
  drop(key: string): void;
}

/** What a cache may hold at most. */
export interface CacheLimits {
  readonly maxEntries: number;
  /** Bytes, roughly. */
  readonly maxBytes: number;
}

/**
 * The entries of a cache in the order of their coming. When there are too many, the oldest go, but for those that were
 * asked for since the last time round (second chance): a hit costs one flag.
 */
export class EntryRing {
  private oldest: CacheEntry<unknown> | undefined;
  private youngest: CacheEntry<unknown> | undefined;
  private count = 0;
  private size = 0;

  constructor(private readonly limits: CacheLimits) {}

  get entries(): number {
    return this.count;
  }

  /** Roughly. */
  get bytes(): number {
    return this.size;
  }

  /** `entry` must be in no ring; others may be given up for it, or itself. */
  add(entry: CacheEntry<unknown>): void {
    this.link(entry);
    this.count++;
    this.size += entry.bytes;
    while (this.count > this.limits.maxEntries || this.size > this.limits.maxBytes) this.giveUpOne();
  }

  remove(entry: CacheEntry<unknown>): void {
    if (entry.ring !== this) return;
    this.unlink(entry);
    this.count--;
    this.size -= entry.bytes;
  }

  private giveUpOne(): void {
    for (let entry = this.oldest; entry !== undefined; entry = this.oldest) {
      if (!entry.isUsed) {
        entry.owner.drop(entry.key);
        return;
      }
      entry.isUsed = false;
      this.unlink(entry);
      this.link(entry);
    }
  }

  private link(entry: CacheEntry<unknown>): void {
    entry.ring = this;
    entry.older = this.youngest;
    entry.younger = undefined;
    if (this.youngest === undefined) this.oldest = entry;
    else this.youngest.younger = entry;
    this.youngest = entry;
  }

  private unlink(entry: CacheEntry<unknown>): void {
    if (entry.older === undefined) this.oldest = entry.younger;
    else entry.older.younger = entry.younger;
    if (entry.younger === undefined) this.youngest = entry.older;
    else entry.younger.older = entry.older;
    entry.ring = entry.older = entry.younger = undefined;
  }
}
