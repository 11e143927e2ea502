import { UNSCHEDULED, type Schedule, type Task } from '../time/schedule.js';
import type { Kept } from './kept.js';
import { Queue } from './queue.js';
import type { Shelf } from './shelf.js';

/** How much a store keeps, and how long. */
export interface StoreLimits {
  readonly lifetimeMs: number;
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly maxItemsPerEndpoint: number;
  readonly maxBytesPerEndpoint: number;
}

/**
 * Keeps things of one kind for a constant time, within limits in total and for each endpoint. When there is no room the
 * oldest of the endpoint goes first, then the oldest of all.
 */
export class Store implements Task {
  due = 0;
  place: number = UNSCHEDULED;

  private readonly items = new Queue<Kept>();
  private bytes = 0;

  constructor(
    private readonly schedule: Schedule,
    private readonly limits: StoreLimits,
  ) {}

  get size(): number {
    return this.items.size;
  }

  /** Keeps an item that is not kept yet. */
  keep(item: Kept, shelf: Shelf<Kept>, bytes: number): void {
    const now = this.schedule.now();
    item.shelf = shelf;
    item.keptSince = now;
    item.placeInStore = this.items.push(item);
    item.placeOnShelf = shelf.items.push(item);
    shelf.owner.hold();
    if (this.place === UNSCHEDULED) this.schedule.set(this, now + this.limits.lifetimeMs);
    this.grow(item, bytes);
  }

  /** An item takes more room; without effect when it is not kept any more. */
  grow(item: Kept, bytes: number): void {
    const { shelf } = item;
    if (shelf === undefined) return;
    item.bytes += bytes;
    shelf.bytes += bytes;
    this.bytes += bytes;
    const { maxItems, maxBytes, maxItemsPerEndpoint, maxBytesPerEndpoint } = this.limits;
    while (shelf.items.size > maxItemsPerEndpoint || shelf.bytes > maxBytesPerEndpoint) this.drop(shelf.items.oldest!);
    while (this.items.size > maxItems || this.bytes > maxBytes) this.drop(this.items.oldest!);
  }

  /** The item's time begins anew. */
  refresh(item: Kept): void {
    const { shelf, bytes } = item;
    if (shelf === undefined) return;
    // Held meanwhile, so that its endpoint is not forgotten between the two.
    shelf.owner.hold();
    this.forget(item);
    this.keep(item, shelf, bytes);
    shelf.owner.release();
  }

  /** Forgets an item without telling it; without effect when it is not kept. */
  forget(item: Kept): void {
    const { shelf, placeInStore, placeOnShelf } = item;
    if (shelf === undefined || placeInStore === undefined || placeOnShelf === undefined) return;
    this.items.remove(placeInStore);
    shelf.items.remove(placeOnShelf);
    this.bytes -= item.bytes;
    shelf.bytes -= item.bytes;
    item.bytes = 0;
    item.shelf = undefined;
    item.placeInStore = undefined;
    item.placeOnShelf = undefined;
    shelf.owner.release();
  }

  clear(): void {
    for (let item = this.items.oldest; item !== undefined; item = this.items.oldest) this.drop(item);
  }

  onDue(): void {
    const now = this.schedule.now();
    const { lifetimeMs } = this.limits;
    for (let item = this.items.oldest; item !== undefined; item = this.items.oldest) {
      if (item.keptSince + lifetimeMs > now) {
        this.schedule.set(this, item.keptSince + lifetimeMs);
        return;
      }
      this.drop(item);
    }
  }

  private drop(item: Kept): void {
    this.forget(item);
    item.onDropped();
  }
}
