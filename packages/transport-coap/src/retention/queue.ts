/** Where an item stands in a {@link Queue}. */
export interface Place<T> {
  readonly item: T;
  older: Place<T> | undefined;
  younger: Place<T> | undefined;
}

/** Items in order of arrival, of which any can leave in constant time. */
export class Queue<T> {
  size = 0;
  private first: Place<T> | undefined;
  private last: Place<T> | undefined;

  get oldest(): T | undefined {
    return this.first?.item;
  }

  push(item: T): Place<T> {
    const place: Place<T> = { item, older: this.last, younger: undefined };
    if (this.last === undefined) this.first = place;
    else this.last.younger = place;
    this.last = place;
    this.size += 1;
    return place;
  }

  /** A place is removed once. */
  remove(place: Place<T>): void {
    if (place.older === undefined) this.first = place.younger;
    else place.older.younger = place.younger;
    if (place.younger === undefined) this.last = place.older;
    else place.younger.older = place.older;
    this.size -= 1;
  }

  /** The youngest item of which this is so. */
  findYoungest(isIt: (item: T) => boolean): T | undefined {
    for (let place = this.last; place !== undefined; place = place.older) if (isIt(place.item)) return place.item;
    return undefined;
  }
}
