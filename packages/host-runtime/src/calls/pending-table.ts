import { randomInt } from 'node:crypto';
import type { PendingCall } from './pending-call.js';

const MAX_ID = 0x7fffffff;
const INITIAL_SLOTS = 1024;

/**
 * The calls under way, by their ids. Ids rise one by one, so a call's slot in a ring of a power of two follows from its
 * id without hashing; an id whose slot is still taken by a call that lasts long is passed over.
 */
export class PendingTable {
  private slots = emptySlots(INITIAL_SLOTS);
  // A random start: replies to calls of a process that died do not meet calls of its successor.
  private lastId = randomInt(MAX_ID);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The id for the next call, 0…2^31−1. It comes again after 2^31 others, and never while its call is under way. */
  nextId(): number {
    if (this.count * 2 >= this.slots.length) this.grow();
    do this.lastId = (this.lastId + 1) & MAX_ID;
    while (this.slots[this.lastId & (this.slots.length - 1)] !== undefined);
    return this.lastId;
  }

  /** `call` has the id that {@link PendingTable.nextId} gave last. */
  add(call: PendingCall): void {
    this.slots[call.id & (this.slots.length - 1)] = call;
    this.count++;
  }

  /** The call with this id, which may be any number. */
  get(id: number): PendingCall | undefined {
    const call = this.slots[id & (this.slots.length - 1)];
    return call?.id === id ? call : undefined;
  }

  /** The call must be in the table. */
  delete(call: PendingCall): void {
    this.slots[call.id & (this.slots.length - 1)] = undefined;
    this.count--;
    // What a flood needed is given back when it is over.
    if (this.count === 0 && this.slots.length > INITIAL_SLOTS) this.slots = emptySlots(INITIAL_SLOTS);
  }

  /** All calls as they are now, in no particular order; what is done to the table meanwhile does not show. */
  all(): PendingCall[] {
    return this.slots.filter((call) => call !== undefined);
  }

  /** Ids that differ in their lowest bits differ in one bit more as well: nobody is in another's way. */
  private grow(): void {
    const calls = this.all();
    this.slots = emptySlots(this.slots.length * 2);
    for (const call of calls) this.slots[call.id & (this.slots.length - 1)] = call;
  }
}

function emptySlots(length: number): (PendingCall | undefined)[] {
  return new Array<PendingCall | undefined>(length).fill(undefined);
}
