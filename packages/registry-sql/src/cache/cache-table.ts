import { withDeadline } from '../database/deadline.js';
import { CacheEntry, type EntryOwner, type EntryRing } from './entry-ring.js';

/** How one kind of answers is kept. `null` stands for "there is none". */
export interface TableRules<V> {
  /** Roughly, of value and key together. */
  sizeOf(value: V, key: string): number;
  /** Under which names the entry can be evicted with others. */
  groupsOf?(value: V, key: string): readonly string[];
}

/** Counters of a cache. */
export class CacheCounters {
  hits = 0;
  misses = 0;
}

/** Longest time for an answer, ms: whoever misses while the database hangs is told soon. */
const ANSWER_TIMEOUT_MS = 2_000;

const NO_GROUPS: readonly string[] = [];

/**
 * Answers of one kind by key. Everybody who misses the same one waits for the same query. A query that was under way
 * when its key was evicted answers those who wait for it, and is not kept: it may have seen the rows before the change.
 */
export class CacheTable<V> implements EntryOwner {
  private readonly entries = new Map<string, CacheEntry<V | null>>();
  private readonly loading = new Set<CacheEntry<V | null>>();
  private readonly groups = new Map<string, Set<CacheEntry<V | null>>>();

  /**
   * @param ring for answers
   * @param negatives for answers that there is none: whoever asks for what does not exist displaces only the like
   */
  constructor(
    private readonly ring: EntryRing,
    private readonly negatives: EntryRing,
    private readonly counters: CacheCounters,
    private readonly rules: TableRules<V | null>,
  ) {}

  /** The answer, if it is here: `null` when there is none, `undefined` when it is not known. */
  peek(key: string): V | null | undefined {
    const entry = this.entries.get(key);
    if (entry?.value === undefined) return undefined;
    entry.isUsed = true;
    this.counters.hits++;
    return entry.value;
  }

  /** The answer of `query`, or of the same query under way. What it rejects with is not kept. */
  load(key: string, query: () => Promise<V | null>): Promise<V | null> {
    this.counters.misses++;
    const known = this.entries.get(key)?.loading;
    if (known !== undefined) return known;
    const entry = new CacheEntry<V | null>(key, this);
    this.drop(key);
    this.entries.set(key, entry);
    this.loading.add(entry);
    const loading = withDeadline(query(), ANSWER_TIMEOUT_MS).then(
      (value) => {
        this.loaded(entry, value);
        return value;
      },
      (error: unknown) => {
        this.forgetLoad(entry);
        throw error;
      },
    );
    entry.loading = loading;
    return loading;
  }

  /** Keeps an answer that came by the way. */
  put(key: string, value: V | null): void {
    if (this.entries.has(key)) return;
    const entry = new CacheEntry<V | null>(key, this);
    this.entries.set(key, entry);
    this.keep(entry, value);
  }

  evict(key: string): void {
    this.drop(key);
  }

  /** Also what is being loaded of the whole table: nobody knows yet to which groups it will belong. */
  evictGroup(group: string): void {
    this.evictLoads();
    for (const entry of this.groups.get(group) ?? []) this.drop(entry.key);
  }

  /** Looks at every entry. */
  evictWhere(matches: (value: V, key: string) => boolean): void {
    this.evictLoads();
    for (const [key, { value }] of this.entries) {
      if (value !== null && value !== undefined && matches(value, key)) this.drop(key);
    }
  }

  clear(): void {
    for (const key of [...this.entries.keys()]) this.drop(key);
  }

  drop(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.loading.delete(entry);
    entry.ring?.remove(entry);
    for (const group of entry.groups) this.leaveGroup(group, entry);
  }

  private evictLoads(): void {
    for (const entry of this.loading) this.drop(entry.key);
  }

  private loaded(entry: CacheEntry<V | null>, value: V | null): void {
    if (this.entries.get(entry.key) !== entry) return;
    this.loading.delete(entry);
    entry.loading = undefined;
    this.keep(entry, value);
  }

  private forgetLoad(entry: CacheEntry<V | null>): void {
    if (this.entries.get(entry.key) === entry) this.drop(entry.key);
  }

  private keep(entry: CacheEntry<V | null>, value: V | null): void {
    entry.value = value;
    entry.bytes = this.rules.sizeOf(value, entry.key);
    entry.groups = this.rules.groupsOf?.(value, entry.key) ?? NO_GROUPS;
    for (const group of entry.groups) this.joinGroup(group, entry);
    (value === null ? this.negatives : this.ring).add(entry);
  }

  private joinGroup(group: string, entry: CacheEntry<V | null>): void {
    const members = this.groups.get(group);
    if (members === undefined) this.groups.set(group, new Set([entry]));
    else members.add(entry);
  }

  private leaveGroup(group: string, entry: CacheEntry<V | null>): void {
    const members = this.groups.get(group);
    members?.delete(entry);
    if (members?.size === 0) this.groups.delete(group);
  }
}
