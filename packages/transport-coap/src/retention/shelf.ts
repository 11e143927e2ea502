import { Queue } from './queue.js';

/** Whose shelf it is; exists as long as something lies on it. */
export interface ShelfOwner {
  /** One thing more depends on the owner. */
  hold(): void;
  /** One thing less. */
  release(): void;
}

/** What one endpoint has in a {@link Store}. */
export class Shelf<T> {
  readonly items = new Queue<T>();
  bytes = 0;

  constructor(readonly owner: ShelfOwner) {}
}
