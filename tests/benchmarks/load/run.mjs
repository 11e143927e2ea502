import { createHistogram, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwakeEventLoop } from './event-loop.mjs';

/** How long the last round trips of a run may take. */
const DRAIN_MS = 5_000;

/**
 * @typedef {object} RunResult
 * @property {number} roundTrips all of them, those that ended after the time was up included
 * @property {number} perSecond while the time ran
 * @property {number} p50 µs
 * @property {number} p95 µs
 * @property {number} p99 µs
 * @property {number} busy the part of the time in which the load had something to do, 0…1
 */

/** Keeps round trips under way on some pairs for some time. */
export class Run {
  /** @param {readonly import('./pairs.mjs').RoundTripper[]} pairs */
  constructor(pairs) {
    this.pairs = pairs;
    this.loop = new AwakeEventLoop();
    // An HDR histogram of ns; three figures are exact to 0.1 %.
    this.histogram = createHistogram({ lowest: 1, highest: 60_000_000_000, figures: 3 });
    this.roundTrips = 0;
    this.isRunning = false;
    /** Round trips are started by a clock instead of by the one before. */
    this.isPaced = false;
  }

  /** @param {import('./pairs.mjs').RoundTripper} pair @param {number} now */
  answered(pair, now) {
    this.loop.touch();
    this.roundTrips++;
    this.histogram.record(Math.max(1, Math.round((now - pair.startedAt) * 1e6)));
    if (this.isRunning && !this.isPaced) pair.start(now);
  }

  /**
   * @param {{ ms: number, rate?: number }} options `rate`: round trips a second over all pairs, as many as possible
   * when absent
   * @returns {Promise<RunResult>}
   */
  async during({ ms, rate }) {
    this.isRunning = true;
    this.isPaced = rate !== undefined;
    this.loop.stayAwake();
    const startedAt = performance.now();
    if (rate !== undefined) this.pace(rate, startedAt);
    else for (const pair of this.pairs) pair.start(startedAt);
    await sleep(ms);
    this.isRunning = false;
    const elapsed = performance.now() - startedAt;
    const perSecond = (this.roundTrips / elapsed) * 1e3;
    const busy = 1 - this.loop.idleMs / elapsed;
    await this.drain();
    this.loop.letSleep();
    const percentile = (p) => this.histogram.percentile(p) / 1e3;
    const [p50, p95, p99] = [50, 95, 99].map(percentile);
    return { roundTrips: this.roundTrips, perSecond, p50, p95, p99, busy };
  }

  /** Starts round trips evenly, on whichever pair is free. */
  pace(rate, startedAt) {
    let begun = 0;
    let next = 0;
    // When no pair was free, the time for which a round trip had to wait is the server's: it counts from when it was due.
    let isHeldUp = false;
    const step = () => {
      if (!this.isRunning) return;
      const now = performance.now();
      const due = Math.floor(((now - startedAt) * rate) / 1e3);
      for (let tries = this.pairs.length; begun < due && tries > 0; tries--) {
        const pair = this.pairs[next++ % this.pairs.length];
        if (pair.isUnderWay) continue;
        this.loop.touch();
        pair.start(isHeldUp ? startedAt + (begun * 1e3) / rate : now);
        begun++;
      }
      isHeldUp = begun < due;
      setImmediate(step);
    };
    step();
  }

  async drain() {
    for (const deadline = performance.now() + DRAIN_MS; performance.now() < deadline; await sleep(1)) {
      if (!this.pairs.some((pair) => pair.isUnderWay)) return;
    }
    const silent = this.pairs.filter((pair) => pair.isUnderWay).length;
    throw new Error(`${silent} of ${this.pairs.length} round trips had no answer within ${DRAIN_MS} ms`);
  }
}
