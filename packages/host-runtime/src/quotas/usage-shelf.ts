import type { SubjectUsage } from './subject-usage.js';

/** Below this many nothing is let go: looking for what is idle would cost more than it frees. */
const LEAST_TO_SWEEP = 1_000;

/** Subjects by id. When they have doubled since the last time, those that are idle are let go: no timer does it. */
export class UsageShelf {
  private readonly usages = new Map<string, SubjectUsage>();
  private sweepAt = LEAST_TO_SWEEP;

  constructor(
    /** How long a subject that has nothing under way is kept, ms. */
    private readonly idleMs: number,
  ) {}

  get size(): number {
    return this.usages.size;
  }

  get(id: string): SubjectUsage | undefined {
    return this.usages.get(id);
  }

  all(): Iterable<SubjectUsage> {
    return this.usages.values();
  }

  /** `now`: epoch ms; the subject counts as used at this time. */
  ensure(id: string, now: number, make: () => SubjectUsage): SubjectUsage {
    let usage = this.usages.get(id);
    if (usage === undefined) {
      if (this.usages.size >= this.sweepAt) this.sweep(now);
      usage = make();
      this.usages.set(id, usage);
    }
    usage.lastUsed = now;
    return usage;
  }

  remove(usage: SubjectUsage): void {
    if (this.usages.get(usage.id) === usage) this.usages.delete(usage.id);
  }

  sweep(now: number): void {
    for (const [id, usage] of this.usages) if (usage.isIdle(now, this.idleMs)) this.usages.delete(id);
    this.sweepAt = Math.max(LEAST_TO_SWEEP, this.usages.size * 2);
  }
}
