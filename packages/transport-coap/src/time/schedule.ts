import type { CancelTimer, Timers } from '@device-messaging/host-api';

/** Where a task stands that is not scheduled. */
export const UNSCHEDULED = -1;

/** Something that is due at a time. It carries its own place in the schedule, so that scheduling it allocates nothing. */
export interface Task {
  /** Epoch ms. Belongs to the schedule. */
  due: number;
  /** Belongs to the schedule; {@link UNSCHEDULED} at first. */
  place: number;
  /** The time has come. Must not throw. */
  onDue(): void;
}

/**
 * All that a transport waits for, on one timer of its host: a binary heap in which tasks know their places. Messages
 * are acknowledged long before they are due again, so tasks come and go without the timer being touched.
 */
export class Schedule {
  private readonly heap: Task[] = [];
  private armedFor = Infinity;
  private cancelTimer: CancelTimer | undefined;

  constructor(
    private readonly timers: Timers,
    /** Told of a task that threw; the others go on. */
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** Epoch ms. */
  now(): number {
    return this.timers.now();
  }

  /** Schedules a task, or moves it. */
  set(task: Task, due: number): void {
    if (task.place === UNSCHEDULED) {
      task.place = this.heap.length;
      this.heap.push(task);
    }
    task.due = due;
    this.settle(task);
    if (due < this.armedFor) this.arm(due);
  }

  /** Takes a task out; without effect when it is not in. */
  clear(task: Task): void {
    const { place } = task;
    if (place === UNSCHEDULED) return;
    task.place = UNSCHEDULED;
    const last = this.heap.pop()!;
    if (last === task) return;
    last.place = place;
    this.heap[place] = last;
    this.settle(last);
  }

  /** Forgets all tasks and stops the timer. */
  stop(): void {
    for (const task of this.heap) task.place = UNSCHEDULED;
    this.heap.length = 0;
    this.disarm();
  }

  private arm(due: number): void {
    this.cancelTimer?.();
    this.armedFor = due;
    this.cancelTimer = this.timers.after(Math.max(0, due - this.timers.now()), () => this.run());
  }

  private disarm(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.armedFor = Infinity;
  }

  private run(): void {
    this.disarm();
    const now = this.timers.now();
    for (let task = this.heap[0]; task !== undefined && task.due <= now; task = this.heap[0]) {
      this.clear(task);
      try {
        task.onDue();
      } catch (error) {
        this.onFault(error);
      }
    }
    const next = this.heap[0];
    if (next !== undefined && next.due < this.armedFor) this.arm(next.due);
  }

  /** Moves a task to where it belongs. */
  private settle(task: Task): void {
    let { place } = task;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.heap[parent]!.due <= task.due) break;
      this.put(this.heap[parent]!, place);
      place = parent;
    }
    for (let child = 2 * place + 1; child < this.heap.length; child = 2 * place + 1) {
      if (child + 1 < this.heap.length && this.heap[child + 1]!.due < this.heap[child]!.due) child += 1;
      if (this.heap[child]!.due >= task.due) break;
      this.put(this.heap[child]!, place);
      place = child;
    }
    this.put(task, place);
  }

  private put(task: Task, place: number): void {
    this.heap[place] = task;
    task.place = place;
  }
}
