/**
 * Work under way at the same time, so much and not more: whoever adds waits while it is full. The first failure is
 * thrown to whoever adds or waits next.
 */
export class WorkWindow {
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly size: number) {}

  /** Done when there is room again. */
  async add(work: Promise<void>): Promise<void> {
    const tracked = work
      .catch((error: unknown) => void (this.failure ??= { error }))
      .finally(() => this.running.delete(tracked));
    this.running.add(tracked);
    if (this.running.size >= this.size) await Promise.race(this.running);
    this.throwFailure();
  }

  /** Done when all of it is, well or not. */
  async settle(): Promise<void> {
    await Promise.all(this.running);
  }

  throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}
