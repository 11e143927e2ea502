/** What one device may cost over HTTP. Every member is a whole number; the defaults are {@link DEFAULT_HTTP_LIMITS}. */
export interface HttpLimits {
  /** Largest body of a request, bytes. */
  readonly maxBodyBytes: number;
  /** Ms that a long poll lasts when it names no `timeout`. */
  readonly pollTimeoutMs: number;
  /** Ms between the comments that keep a stream's connection open, and find out when it is dead. */
  readonly streamCommentMs: number;
  /** Bytes written to a stream but not taken by the network above which calls are refused as busy. */
  readonly maxUnsentBytes: number;
  /** Ms after which a stream above `maxUnsentBytes` that takes nothing is closed. */
  readonly stallTimeoutMs: number;
  /** Requests of one connection that are under way at once, pipelined ones (RFC 9112 section 9.3.2). */
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
