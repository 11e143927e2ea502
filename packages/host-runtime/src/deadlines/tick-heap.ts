/** A binary min-heap of numbers. */
export class TickHeap {
  private readonly ticks: number[] = [];

  /** The smallest, left in place. */
  peek(): number | undefined {
    return this.ticks[0];
  }

  push(tick: number): void {
    const ticks = this.ticks;
    let at = ticks.push(tick) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (ticks[parent]! <= tick) break;
      ticks[at] = ticks[parent]!;
      at = parent;
    }
    ticks[at] = tick;
  }

  /** Takes the smallest out. */
  pop(): void {
    const ticks = this.ticks;
    const last = ticks.pop();
    if (last === undefined || ticks.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= ticks.length) break;
      if (child + 1 < ticks.length && ticks[child + 1]! < ticks[child]!) child++;
      if (ticks[child]! >= last) break;
      ticks[at] = ticks[child]!;
      at = child;
    }
    ticks[at] = last;
  }
}
