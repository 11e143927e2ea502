import { ABSENT, type Response } from '../codec/response.js';
import { blockOption, blockSize, largestSzx, longestBody, szxOf } from '../codec/block.js';
import { RESPONSE_OVERHEAD } from '../codec/write-message.js';
import type { CoapLimits } from '../coap-limits.js';
import type { Peer } from '../endpoint/peer.js';

/** What may go to an address that has not proven itself: so many times the request … */
const AMPLIFICATION = 3;
/** … or so many bytes, whatever is more. */
const ALWAYS_ALLOWED_BYTES = 512;

// Responses are told apart by it, also those of one path; clients must not read anything into it.
let lastEtag = Math.floor(Math.random() * 2 ** 32);

/** What the first datagram of a response may look like. */
export interface Room {
  readonly peer: Peer;
  readonly limits: CoapLimits;
  readonly tokenBytes: number;
  /** Bytes of the datagram that asked. */
  readonly requestBytes: number;
  /** The Block2 option of the request, or {@link ABSENT}: the client wants no larger blocks (RFC 7959 section 2.4). */
  readonly askedBlock2: number;
}

/**
 * How many bytes of a response's body go out first. When those are not all, the response becomes the first block of
 * several: small ones as long as the address may be forged (RFC 7252 section 11.3).
 */
export function firstBlock(response: Response, room: Room): number {
  const { peer, limits, tokenBytes, requestBytes, askedBlock2 } = room;
  const { length } = response.body;
  let bytes = limits.maxBlockBytes;
  if (askedBlock2 !== ABSENT) bytes = Math.min(bytes, blockSize(szxOf(askedBlock2)));
  if (!peer.isVerified) {
    const datagramBytes = Math.max(AMPLIFICATION * requestBytes, ALWAYS_ALLOWED_BYTES);
    bytes = Math.min(bytes, datagramBytes - RESPONSE_OVERHEAD - tokenBytes);
  }
  if (length <= bytes) return length;
  const szx = largestSzx(bytes);
  response.block2 = blockOption(0, true, szx);
  response.size2 = length;
  if (response.etag === ABSENT) response.etag = nextEtag();
  return blockSize(szx);
}

/** The longest body that can go to a client that wants blocks like this one. Bytes. */
export function longestBodyFor(askedBlock2: number, limits: CoapLimits): number {
  const szx = askedBlock2 === ABSENT ? largestSzx(limits.maxBlockBytes) : szxOf(askedBlock2);
  return Math.min(longestBody(szx), limits.maxDownloadBytesPerEndpoint, limits.maxDownloadBytes);
}

export function nextEtag(): number {
  lastEtag = (lastEtag + 1) % 2 ** 32;
  return lastEtag;
}
