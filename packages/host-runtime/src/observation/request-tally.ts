import type { LatencyHistogram, RpcOutcome } from '@device-messaging/host-api';
import { RPC_ERROR_TEXTS, type RpcErrorCode } from '@device-messaging/plugin-api';

/** Upper bounds, ms: from a device that is near to the longest `maxTimeout`. */
const BOUNDS: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000];

const OUTCOMES: readonly RpcOutcome[] = ['OK', ...(Object.keys(RPC_ERROR_TEXTS) as RpcErrorCode[])];

/** Counts requests by their outcome, and how long they took. */
export class RequestTally {
  /** One counter for each outcome from the start: an object whose shape never changes. */
  private readonly outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<RpcOutcome, number>;
  private readonly buckets = new Array<number>(BOUNDS.length + 1).fill(0);
  private sum = 0;

  /** `latencyMs` below 0: the clock was set back meanwhile. */
  count(outcome: RpcOutcome, latencyMs: number): void {
    this.outcomes[outcome]++;
    const latency = Math.max(0, latencyMs);
    let bucket = 0;
    // Most requests end in the first buckets.
    while (bucket < BOUNDS.length && latency > BOUNDS[bucket]!) bucket++;
    this.buckets[bucket]!++;
    this.sum += latency;
  }

  /** Outcomes that never came are left out. */
  get byOutcome(): ReadonlyMap<RpcOutcome, number> {
    return new Map(
      OUTCOMES.map((outcome) => [outcome, this.outcomes[outcome]] as const).filter(([, count]) => count > 0),
    );
  }

  get latency(): LatencyHistogram {
    return { bounds: BOUNDS, counts: [...this.buckets], sum: this.sum };
  }
}
