import type { Place } from './queue.js';
import type { Shelf } from './shelf.js';

/** Something that a {@link Store} keeps for a while, and forgets when it has no room. */
export abstract class Kept {
  /** Belongs to the store, as the rest. Bytes. */
  bytes = 0;
  /** Epoch ms. */
  keptSince = 0;
  shelf: Shelf<Kept> | undefined;
  placeInStore: Place<Kept> | undefined;
  placeOnShelf: Place<Kept> | undefined;

  get isKept(): boolean {
    return this.shelf !== undefined;
  }

  /** The store has forgotten it, by age or for lack of room. Must not throw. */
  abstract onDropped(): void;
}
