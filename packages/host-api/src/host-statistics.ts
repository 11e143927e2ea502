import type { RpcOutcome } from './observation/answered-request.js';

/** What is alive in a host at this moment; every gauge returns to zero when devices and messages are gone. */
export interface HostStatistics {
  readonly sessions: number;
  /** Those of each transport, by its name; transports without one are absent. */
  readonly sessionsByTransport: ReadonlyMap<string, number>;
  /** Requests of devices whose answer is still owed. */
  readonly requests: number;
  /** Server-side RPCs under way: waiting or handed over. */
  readonly pendingCalls: number;
  /** Those of them that wait for their target. */
  readonly waitingCalls: number;
  /** Armed deadlines. */
  readonly deadlines: number;
  /** Devices the host keeps state for. */
  readonly devices: number;
  /** Counter: requests of devices that have their answer, by outcome; outcomes that never came are absent. */
  readonly requestsByOutcome: ReadonlyMap<RpcOutcome, number>;
  /** Counter: how long those requests took, whatever their outcome. */
  readonly latency: LatencyHistogram;
  /** Counter: telemetry and attributes taken in. */
  readonly messages: number;
  /** Counter: telemetry and attributes dropped: over a quota, or not JSON. */
  readonly droppedMessages: number;
  /** Counter: those of them that were over a quota. */
  readonly rateLimitedMessages: number;
  /** Counter: sessions refused because of a quota. */
  readonly refusedSessions: number;
  /** Counter: answers whose session was gone. */
  readonly droppedAnswers: number;
  /** Counter: replies whose id was unknown, late or another device's. */
  readonly droppedReplies: number;
  /** What customers asked, put together when it is looked at. One that has neither sessions nor said anything for an hour is left out, and begins anew. */
  readonly customers: readonly CustomerUsage[];
}

/** How often something took how long, from the arrival of a request until its answer. */
export interface LatencyHistogram {
  /** Upper bounds of the buckets, included, ms, rising. The last bucket has no bound and is not listed. */
  readonly bounds: readonly number[];
  /** Of each bucket alone, not summed up; one more than `bounds`. */
  readonly counts: readonly number[];
  /** Of all together, ms. */
  readonly sum: number;
}

/** What the devices of a customer asked together. */
export interface CustomerUsage {
  readonly tenantId: string;
  readonly customerId: string;
  /** Counter: their requests, those included that went over a quota. */
  readonly requests: number;
  /** Their sessions. */
  readonly sessions: number;
}
