/** What has an age: the time of its creation and, within the same ms, its place in the order of creation. */
export interface Aged {
  /** Epoch ms. */
  readonly createdAt: number;
  /** Rises with every creation. */
  readonly sequence: number;
}

/** Small enough to move its entries in no time, large enough that a million entries need few chunks. */
const CHUNK_SIZE = 512;

function compareAge(one: Aged, other: Aged): number {
  return one.createdAt - other.createdAt || one.sequence - other.sequence;
}

/**
 * Entries by age, oldest first. Insertion, removal and the start of a page cost O(log n) steps and the move of at most
 * one chunk, also in the middle of a million entries; an entry takes one reference.
 */
export class AgeOrderedList<T extends Aged> {
  private readonly chunks: T[][] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(entry: T): void {
    this.count++;
    const at = this.chunkOf(entry);
    const chunk = this.chunks[at];
    if (chunk === undefined) {
      this.append(entry);
      return;
    }
    chunk.splice(firstNotOlder(chunk, entry), 0, entry);
    if (chunk.length > CHUNK_SIZE) this.chunks.splice(at + 1, 0, chunk.splice(CHUNK_SIZE / 2));
  }

  /** The entry must be in the list. */
  remove(entry: T): void {
    const at = this.chunkOf(entry);
    const chunk = this.chunks[at];
    const position = chunk === undefined ? -1 : firstNotOlder(chunk, entry);
    if (chunk?.[position] !== entry) throw new Error('The entry is not in the list');
    chunk.splice(position, 1);
    this.count--;
    if (chunk.length === 0) this.chunks.splice(at, 1);
  }

  isEmpty(): boolean {
    return this.chunks.length === 0;
  }

  /** All entries, or those younger than `after`, oldest first. The list must not change meanwhile. */
  *from(after?: T): Generator<T, void, undefined> {
    let at = after === undefined ? 0 : this.chunkOf(after);
    let position = after === undefined ? 0 : firstNotOlder(this.chunks[at] ?? [], after);
    for (; at < this.chunks.length; at++, position = 0) {
      const chunk = this.chunks[at]!;
      for (; position < chunk.length; position++) if (chunk[position] !== after) yield chunk[position]!;
    }
  }

  /** Younger than all others, which is the rule: full chunks stay full. */
  private append(entry: T): void {
    const last = this.chunks.at(-1);
    if (last !== undefined && last.length < CHUNK_SIZE) last.push(entry);
    else this.chunks.push([entry]);
  }

  /** The first chunk whose youngest entry is not older than `entry`. */
  private chunkOf(entry: Aged): number {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAge(this.chunks[middle]!.at(-1)!, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function firstNotOlder(chunk: readonly Aged[], entry: Aged): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAge(chunk[middle]!, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
