/**
 * Work under way at the same time, so much and not more. Whoever adds to a full window waits until it is half empty:
 * what is added then comes together, and a store writes it together. One adds at a time. The first failure is thrown to
 * whoever adds or asks next.
 */
export class WorkWindow {
  private running = 0;
  /** Whoever waits until fewer than so many are under way. */
  private waiting: { readonly below: number; readonly go: () => void } | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly size: number) {}

  /** Done when there is room for more. */
  async add(work: Promise<void>): Promise<void> {
    this.running++;
    work.then(
      () => this.leave(),
      (error: unknown) => {
        this.failure ??= { error };
        this.leave();
      },
    );
    if (this.running >= this.size) await this.untilBelow(this.size / 2);
    this.throwFailure();
  }

  /** Done when all of it is, well or not. */
  async settle(): Promise<void> {
    if (this.running > 0) await this.untilBelow(1);
  }

  throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  private untilBelow(below: number): Promise<void> {
    return new Promise((go) => (this.waiting = { below, go }));
  }

  private leave(): void {
    this.running--;
    if (this.waiting === undefined || this.running >= this.waiting.below) return;
    const { go } = this.waiting;
    this.waiting = undefined;
    go();
  }
}
