import { VirtualTimers } from '@device-messaging/testkit';
import { describe, expect, test } from '@jest/globals';
import { Schedule } from '../time/schedule.js';
import { Kept } from './kept.js';
import { Shelf } from './shelf.js';
import { Store, type StoreLimits } from './store.js';

const LIMITS: StoreLimits = {
  lifetimeMs: 100,
  maxItems: 5,
  maxBytes: 50,
  maxItemsPerEndpoint: 3,
  maxBytesPerEndpoint: 30,
};

function setUp() {
  const timers = new VirtualTimers(0);
  const store = new Store(new Schedule(timers, () => undefined), LIMITS);
  const dropped: string[] = [];
  const holds = new Map<string, number>();
  class Thing extends Kept {
    constructor(readonly name: string) {
      super();
    }

    onDropped(): void {
      dropped.push(this.name);
    }
  }
  const shelf = (name: string): Shelf<Kept> => {
    const change = (by: number) => () => void holds.set(name, (holds.get(name) ?? 0) + by);
    return new Shelf<Kept>({ hold: change(1), release: change(-1) });
  };
  const keep = (on: Shelf<Kept>, name: string, bytes = 1): Thing => {
    const thing = new Thing(name);
    store.keep(thing, on, bytes);
    return thing;
  };
  return { timers, store, dropped, holds, shelf, keep };
}

describe('a store', () => {
  test('forgets things when their time is over, those that were refreshed later', () => {
    const { timers, store, dropped, shelf, keep } = setUp();
    const on = shelf('a');
    const first = keep(on, 'first');
    timers.advance(50);
    keep(on, 'second');
    store.refresh(first);
    timers.advance(99);
    expect(dropped).toEqual([]);
    timers.advance(1);
    expect(dropped).toEqual(['second', 'first']);
    expect([store.size, timers.pending]).toEqual([0, 0]);
  });

  test('forgets the oldest of an endpoint that has too many, or too large ones', () => {
    const { dropped, shelf, keep } = setUp();
    const [a, b] = [shelf('a'), shelf('b')];
    keep(b, 'b1');
    for (const name of ['a1', 'a2', 'a3', 'a4']) keep(a, name);
    expect(dropped).toEqual(['a1']);
    keep(a, 'a5', 29);
    expect(dropped).toEqual(['a1', 'a2', 'a3']);
    expect([a.bytes, b.bytes]).toEqual([30, 1]);
  });

  test('forgets the oldest of all when there are too many, or too large ones', () => {
    const { store, dropped, shelf, keep } = setUp();
    const things = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => keep(shelf(name), name));
    expect(dropped).toEqual(['a']);
    store.grow(things[5]!, 29);
    store.grow(things[4]!, 18);
    expect(dropped).toEqual(['a', 'b', 'c']);
  });

  test('forgets a thing at once that is larger than it may be', () => {
    const { store, dropped, shelf, keep } = setUp();
    expect(keep(shelf('a'), 'huge', 31).isKept).toBe(false);
    expect([dropped, store.size]).toEqual([['huge'], 0]);
  });

  test('holds the owners of what it keeps, and lets them go', () => {
    const { store, holds, shelf, keep } = setUp();
    const on = shelf('a');
    const thing = keep(on, 'one');
    keep(on, 'two');
    store.refresh(thing);
    expect(holds.get('a')).toBe(2);
    store.forget(thing);
    store.forget(thing);
    store.grow(thing, 5);
    store.refresh(thing);
    expect([holds.get('a'), on.bytes]).toEqual([1, 1]);
    store.clear();
    expect([holds.get('a'), on.bytes]).toEqual([0, 0]);
  });
});
