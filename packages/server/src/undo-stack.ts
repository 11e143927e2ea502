/** What was started, to be stopped in reverse order. */
export class UndoStack {
  private readonly steps: (() => unknown)[] = [];

  push(step: () => unknown): void {
    this.steps.push(step);
  }

  /**
   * Undoes everything, each step once. A step that fails does not keep the others from running.
   * @throws AggregateError of what failed, when all is done.
   */
  async undo(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Parts of the server failed to stop');
  }
}
