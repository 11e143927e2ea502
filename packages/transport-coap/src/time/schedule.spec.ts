import { VirtualTimers } from '@device-messaging/testkit';
import { describe, expect, test } from '@jest/globals';
import { Schedule, UNSCHEDULED, type Task } from './schedule.js';

class Note implements Task {
  due = 0;
  place: number = UNSCHEDULED;

  constructor(
    readonly name: number,
    private readonly ran: [name: number, at: number][],
    private readonly timers: VirtualTimers,
  ) {}

  onDue(): void {
    this.ran.push([this.name, this.timers.now()]);
  }
}

/** No task may throw, unless a test says so. */
function fail(error: unknown): never {
  throw error;
}

describe('the schedule', () => {
  test('runs what is left of many tasks that were set, moved and cleared, each at its time', () => {
    const timers = new VirtualTimers(0);
    const schedule = new Schedule(timers, fail);
    const ran: [number, number][] = [];
    const expected = new Map<number, number>();
    const notes = Array.from({ length: 300 }, (_, name) => new Note(name, ran, timers));
    for (let step = 0; step < 3_000; step += 1) {
      const note = notes[(step * 7919) % notes.length]!;
      if (step % 3 === 2) {
        schedule.clear(note);
        expected.delete(note.name);
      } else {
        const due = 1 + ((step * 104_729) % 1_000);
        schedule.set(note, due);
        expected.set(note.name, due);
      }
    }
    timers.advance(1_000);
    expect(new Map(ran)).toEqual(expected);
    expect(ran).toHaveLength(expected.size);
    expect(timers.pending).toBe(0);
  });

  test('runs a task that one before it has set, and not one that it has cleared', () => {
    const timers = new VirtualTimers(0);
    const schedule = new Schedule(timers, fail);
    const ran: [number, number][] = [];
    const [first, second, third] = [1, 2, 3].map((name) => new Note(name, ran, timers));
    first!.onDue = () => {
      schedule.clear(second!);
      schedule.set(third!, 15);
    };
    schedule.set(first!, 10);
    schedule.set(second!, 10);
    timers.advance(20);
    expect(ran).toEqual([[3, 15]]);
  });

  test('has one timer at most, and none when it has stopped', () => {
    const timers = new VirtualTimers(0);
    const schedule = new Schedule(timers, fail);
    const ran: [number, number][] = [];
    for (let name = 100; name > 0; name -= 1) schedule.set(new Note(name, ran, timers), name);
    expect(timers.pending).toBe(1);
    schedule.stop();
    expect(timers.pending).toBe(0);
    timers.advance(200);
    expect(ran).toEqual([]);
  });

  test('goes on when a task throws, and says so', () => {
    const timers = new VirtualTimers(0);
    const faults: unknown[] = [];
    const schedule = new Schedule(timers, (error) => faults.push(error));
    const ran: [number, number][] = [];
    const [broken, sound, later] = [1, 2, 3].map((name) => new Note(name, ran, timers));
    broken!.onDue = () => {
      throw new Error('broken');
    };
    schedule.set(broken!, 10);
    schedule.set(sound!, 10);
    schedule.set(later!, 20);
    timers.advance(20);
    expect(ran).toEqual([
      [2, 10],
      [3, 20],
    ]);
    expect(faults).toEqual([new Error('broken')]);
  });
});
