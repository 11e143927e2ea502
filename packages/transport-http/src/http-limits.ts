import { completeLimits, MAX_TIMER_MS, type LimitRanges } from '@device-messaging/host-api';

/** What devices may cost over HTTP. Every member is a whole number; the defaults are {@link DEFAULT_HTTP_LIMITS}. */
export interface HttpLimits {
  /** Largest body of a request, bytes. Larger ones are 413. */
  readonly maxBodyBytes: number;
  /** Ms that a long poll lasts when it names no `timeout`. */
  readonly pollTimeoutMs: number;
  /** Ms between the comments that keep a stream's connection open on its way. */
  readonly streamCommentMs: number;
  /** Bytes written to a stream but not taken by the network above which calls are refused as busy. */
  readonly maxUnsentBytes: number;
  /** Ms after which a stream above `maxUnsentBytes` that has taken nothing is closed. */
  readonly stallTimeoutMs: number;
  /** Requests of one connection that may be under way at once, pipelined ones (RFC 9112 section 9.3.2). */
  readonly maxPipelined: number;
}

/** The limits of a transport that was given none. */
export const DEFAULT_HTTP_LIMITS: HttpLimits = Object.freeze({
  maxBodyBytes: 256 * 1024,
  pollTimeoutMs: 60_000,
  streamCommentMs: 15_000,
  maxUnsentBytes: 256 * 1024,
  stallTimeoutMs: 10_000,
  maxPipelined: 100,
});

/** Smallest and largest value of each limit. */
export const HTTP_LIMIT_RANGES: LimitRanges<HttpLimits> = {
  maxBodyBytes: [128, 268_435_456],
  pollTimeoutMs: [1_000, 300_000],
  streamCommentMs: [1_000, MAX_TIMER_MS],
  maxUnsentBytes: [1, Number.MAX_SAFE_INTEGER],
  stallTimeoutMs: [1, MAX_TIMER_MS],
  maxPipelined: [1, 1_000_000],
};

/**
 * Completes limits with the defaults.
 * @throws RangeError naming the first limit that is unknown or out of its range.
 */
export function readLimits(given?: Partial<HttpLimits>): HttpLimits {
  return completeLimits('HTTP', DEFAULT_HTTP_LIMITS, HTTP_LIMIT_RANGES, given);
}
