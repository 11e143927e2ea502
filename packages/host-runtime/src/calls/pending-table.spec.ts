import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { PendingCall } from './pending-call.js';
import { PendingTable } from './pending-table.js';

/** The table looks at a call's id and at nothing else. */
function callWith(id: number): PendingCall {
  return { id } as PendingCall;
}

describe('PendingTable', () => {
  test('is what a map by id is, whatever is added and removed, and never gives an id twice', () => {
    const steps = fc.array(fc.record({ add: fc.integer({ min: 0, max: 900 }), remove: fc.nat(900) }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(steps, (script) => {
        const table = new PendingTable();
        const model = new Map<number, PendingCall>();
        const given = new Set<number>();
        for (const { add, remove } of script) {
          for (let count = 0; count < add; count++) {
            const call = callWith(table.nextId());
            if (given.has(call.id)) throw new Error(`${call.id} was given twice`);
            given.add(call.id);
            model.set(call.id, call);
            table.add(call);
          }
          // Every third one first, so that what lasts lies between what goes.
          const going = [...model.values()].filter((_, index) => index % 3 !== 0).slice(0, remove);
          for (const call of going) {
            model.delete(call.id);
            table.delete(call);
            if (table.get(call.id) !== undefined) throw new Error(`${call.id} is still there`);
          }
          expect(table.size).toBe(model.size);
          expect([...model].filter(([id, call]) => table.get(id) !== call)).toEqual([]);
          expect(table.all().filter((call) => model.get(call.id) !== call)).toEqual([]);
          expect(table.all()).toHaveLength(model.size);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('any number may be asked for', () => {
    const table = new PendingTable();
    const call = callWith(table.nextId());
    table.add(call);
    for (const id of [-1, 0.5, call.id + 0.5, call.id + 2 ** 32, 1e19, Infinity, NaN]) {
      expect(table.get(id)).toBeUndefined();
    }
    expect(table.get(call.id)).toBe(call);
  });

  test('ids are 31 bits, and go on from the last one', () => {
    const table = new PendingTable();
    let last = table.nextId();
    for (let count = 0; count < 5000; count++) {
      const id = table.nextId();
      if (id !== ((last + 1) & 0x7fffffff)) throw new Error(`${id} came after ${last}`);
      last = id;
    }
  });
});
