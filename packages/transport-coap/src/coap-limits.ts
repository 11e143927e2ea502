import { completeLimits, MAX_TIMER_MS, type LimitRanges } from '@device-messaging/host-api';

/** What devices may cost, and how long things take. Every member is a whole number; the defaults are {@link DEFAULT_COAP_LIMITS}. */
export interface CoapLimits {
  /** Largest body that a device may send, in one datagram or in blocks, bytes. */
  readonly maxBodyBytes: number;
  /** Largest block that is sent unless the client wants smaller ones: 16, 32, … 1,024 bytes (RFC 7959). */
  readonly maxBlockBytes: number;
  /** Ms that an answer may take to travel with the acknowledgement; later ones follow it (RFC 7252 section 5.2). */
  readonly ackDelayMs: number;
  /** Ms that the look-up of a token may take. */
  readonly lookUpTimeoutMs: number;
  /** Ms until a confirmable message is sent again for the first time; 1 to 1.5 times that (RFC 7252 section 4.8). */
  readonly ackTimeoutMs: number;
  /** How often a confirmable message is sent again (RFC 7252 section 4.8). */
  readonly maxRetransmit: number;
  /** The same for an address that has not proven itself: what a forged one costs its owner is small. */
  readonly maxRetransmitUnverified: number;
  /** Requests of one endpoint that may wait for their answers. */
  readonly maxOpenPerEndpoint: number;
  /** Requests that may wait for their answers. */
  readonly maxOpen: number;
  /**
   * Messages of one endpoint that are remembered, so that their copies are told by it. At the 250 messages a second that
   * message ids suffice for (RFC 7252 section 4.4) it should hold those of the 45 s in which copies are sent.
   */
  readonly maxReceiptsPerEndpoint: number;
  /** Messages that are remembered. */
  readonly maxReceipts: number;
  /** Bytes of the replies that are kept for copies of one endpoint's messages. */
  readonly maxReceiptBytesPerEndpoint: number;
  /** Bytes of the replies that are kept for copies of messages. */
  readonly maxReceiptBytes: number;
  /** Observations of one endpoint. */
  readonly maxObserversPerEndpoint: number;
  /** Observations. */
  readonly maxObservers: number;
  /** Ms without a sign of life after which an observer is asked for one. */
  readonly observerIdleMs: number;
  /** The same for an observer whose address has not proven itself. */
  readonly unverifiedIdleMs: number;
  /** Ms that an observer may take for each further block of a call. */
  readonly fetchTimeoutMs: number;
  /** Bodies that one endpoint may be sending in blocks. */
  readonly maxUploadsPerEndpoint: number;
  /** Bytes of bodies that are being received in blocks. */
  readonly maxUploadBytes: number;
  /** Ms that may pass between two blocks of a body. */
  readonly uploadTimeoutMs: number;
  /** Bodies that are kept for one endpoint while it fetches them in blocks. */
  readonly maxDownloadsPerEndpoint: number;
  /** Their bytes; a larger answer or call cannot be sent. */
  readonly maxDownloadBytesPerEndpoint: number;
  /** Bytes of bodies that are kept while they are fetched in blocks. */
  readonly maxDownloadBytes: number;
  /** Ms that may pass between two requests for blocks of a body. */
  readonly downloadTimeoutMs: number;
}

/** The limits of a transport that was given none. */
export const DEFAULT_COAP_LIMITS: CoapLimits = Object.freeze({
  maxBodyBytes: 256 * 1024,
  maxBlockBytes: 1_024,
  ackDelayMs: 50,
  lookUpTimeoutMs: 10_000,
  ackTimeoutMs: 2_000,
  maxRetransmit: 4,
  maxRetransmitUnverified: 2,
  maxOpenPerEndpoint: 1_000,
  maxOpen: 50_000,
  maxReceiptsPerEndpoint: 16_384,
  maxReceipts: 100_000,
  maxReceiptBytesPerEndpoint: 4 * 1024 * 1024,
  maxReceiptBytes: 32 * 1024 * 1024,
  maxObserversPerEndpoint: 1_000,
  maxObservers: 100_000,
  observerIdleMs: 5 * 60_000,
  unverifiedIdleMs: 15_000,
  fetchTimeoutMs: 30_000,
  maxUploadsPerEndpoint: 16,
  maxUploadBytes: 32 * 1024 * 1024,
  uploadTimeoutMs: 60_000,
  maxDownloadsPerEndpoint: 64,
  maxDownloadBytesPerEndpoint: 2 * 1024 * 1024,
  maxDownloadBytes: 64 * 1024 * 1024,
  downloadTimeoutMs: 60_000,
});

const MANY = 10_000_000;
const HUGE = Number.MAX_SAFE_INTEGER;
/** What blocks of 1,024 bytes can carry at most is 2^30 bytes; this is what one process should. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Smallest and largest value of each limit. */
export const COAP_LIMIT_RANGES: LimitRanges<CoapLimits> = {
  maxBodyBytes: [128, MAX_BODY_BYTES],
  maxBlockBytes: [16, 1_024],
  ackDelayMs: [1, 1_999],
  lookUpTimeoutMs: [1, MAX_TIMER_MS],
  ackTimeoutMs: [1, 60_000],
  maxRetransmit: [0, 10],
  maxRetransmitUnverified: [0, 10],
  maxOpenPerEndpoint: [1, 50_000],
  maxOpen: [1, MANY],
  maxReceiptsPerEndpoint: [1, 65_536],
  maxReceipts: [1, MANY],
  maxReceiptBytesPerEndpoint: [65_536, HUGE],
  maxReceiptBytes: [65_536, HUGE],
  maxObserversPerEndpoint: [1, MANY],
  maxObservers: [1, MANY],
  observerIdleMs: [1_000, MAX_TIMER_MS],
  unverifiedIdleMs: [1_000, MAX_TIMER_MS],
  fetchTimeoutMs: [1_000, MAX_TIMER_MS],
  maxUploadsPerEndpoint: [1, 1_000],
  maxUploadBytes: [65_536, HUGE],
  uploadTimeoutMs: [1_000, MAX_TIMER_MS],
  maxDownloadsPerEndpoint: [1, 1_000],
  maxDownloadBytesPerEndpoint: [65_536, HUGE],
  maxDownloadBytes: [65_536, HUGE],
  downloadTimeoutMs: [1_000, MAX_TIMER_MS],
};

/**
 * Completes limits with the defaults.
 * @throws RangeError naming the first limit that is unknown or out of its range.
 */
export function readLimits(given?: Partial<CoapLimits>): CoapLimits {
  return completeLimits('CoAP', DEFAULT_COAP_LIMITS, COAP_LIMIT_RANGES, given);
}
