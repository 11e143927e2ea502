import type { Clock } from '@device-messaging/plugin-api';
import { processMetrics } from './process-metrics.js';

/** For this long an answer is given again, ms: nobody keeps the server busy by asking, and two scrapers see the same. */
const FRESH_MS = 1_000;

/** What `/metrics` answers. */
export class MetricsPage {
  private made: { readonly at: number; readonly text: Promise<string> } | undefined;

  /** @param serverMetrics as text for Prometheus, read when it is asked for */
  constructor(
    private readonly serverMetrics: () => string,
    private readonly clock: Clock,
  ) {}

  text(): Promise<string> {
    const now = this.clock.now();
    // Also when the clock was set back.
    if (this.made === undefined || Math.abs(now - this.made.at) >= FRESH_MS) {
      this.made = { at: now, text: this.make() };
    }
    return this.made.text;
  }

  private async make(): Promise<string> {
    return `${this.serverMetrics()}${await processMetrics()}`;
  }
}
