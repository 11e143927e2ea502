import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { AgeOrderedList, type Aged } from './age-ordered-list.js';

describe('AgeOrderedList', () => {
  test('is what a sorted array is, whatever is added and removed', () => {
    const steps = fc.array(fc.record({ createdAt: fc.nat(20), remove: fc.boolean(), pick: fc.nat() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (script) => {
        const list = new AgeOrderedList<Aged>();
        const model: Aged[] = [];
        script.forEach(({ createdAt, remove, pick }, sequence) => {
          if (remove && model.length > 0) list.remove(model.splice(pick % model.length, 1)[0]!);
          else {
            const entry = { createdAt, sequence };
            list.add(entry);
            model.push(entry);
            model.sort((one, other) => one.createdAt - other.createdAt || one.sequence - other.sequence);
          }
          expect([...list.from()]).toEqual(model);
          expect(list.isEmpty()).toBe(model.length === 0);
          expect(list.size).toBe(model.length);
        });
        for (const [index, entry] of model.entries()) expect([...list.from(entry)]).toEqual(model.slice(index + 1));
      }),
    );
  });

  test.each([
    ['oldest first', (index: number) => index],
    ['youngest first', (index: number) => 5_000 - index],
    ['mixed', (index: number) => (index * 7_919) % 5_000],
  ])('keeps its order over many chunks, filled %s', (_name, ageOf) => {
    const list = new AgeOrderedList<Aged>();
    const entries = Array.from({ length: 5_000 }, (_, sequence) => ({ createdAt: ageOf(sequence), sequence }));
    for (const entry of entries) list.add(entry);
    const sorted = entries.toSorted((one, other) => one.createdAt - other.createdAt);
    expect([...list.from()]).toEqual(sorted);
    expect(list.from(sorted[2_500]).next().value).toBe(sorted[2_501]);
    for (const entry of entries) list.remove(entry);
    expect([...list.from()]).toEqual([]);
  });

  test('refuses to remove what is not in it', () => {
    const list = new AgeOrderedList<Aged>();
    list.add({ createdAt: 1, sequence: 1 });
    expect(() => list.remove({ createdAt: 1, sequence: 2 })).toThrow('The entry is not in the list');
    expect(() => list.remove({ createdAt: 1, sequence: 1 })).toThrow('The entry is not in the list');
  });
});
