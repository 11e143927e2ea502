import { blockSize, hasMore, offsetOf, szxOf } from '../codec/block.js';
import type { CoapLimits } from '../coap-limits.js';
import type { Peer } from '../endpoint/peer.js';
import type { Kept } from '../retention/kept.js';
import { Store } from '../retention/store.js';
import type { Schedule } from '../time/schedule.js';
import { Upload } from './upload.js';

const MAX_UPLOADS = 1_000_000;

/**
 * What becomes of a block (RFC 7959 section 2.9): the whole body, or why there is none yet.
 * - `continue`: 2.31, the next block may come.
 * - `incomplete`: 4.08, blocks before this one are missing.
 * - `too-large`: 4.13, with this block the body is larger than a device may send.
 */
export type UploadProgress = Buffer | 'continue' | 'incomplete' | 'too-large';

/** Bodies that come in blocks, one for each endpoint, path and request tag (RFC 7959 section 2.5, RFC 9175 section 3). */
export class Uploads {
  readonly store: Store;
  private readonly maxBodyBytes: number;

  constructor(schedule: Schedule, limits: CoapLimits) {
    this.maxBodyBytes = limits.maxBodyBytes;
    this.store = new Store(schedule, {
      lifetimeMs: limits.uploadTimeoutMs,
      maxItems: MAX_UPLOADS,
      maxBytes: limits.maxUploadBytes,
      maxItemsPerEndpoint: limits.maxUploadsPerEndpoint,
      maxBytesPerEndpoint: limits.maxUploadBytes,
    });
  }

  /** A body begins; one that was under way under the same key is given up. */
  begin(peer: Peer, key: string, part: Buffer): UploadProgress {
    const before = find(peer, key);
    if (before !== undefined) this.store.forget(before);
    if (part.length > this.maxBodyBytes) return 'too-large';
    const upload = new Upload(key);
    this.store.keep(upload, peer.uploadShelf, 0);
    return this.append(upload, part);
  }

  /** A body goes on. A block that came before is harmless. */
  goOn(peer: Peer, key: string, block: number, part: Buffer): UploadProgress {
    const upload = find(peer, key);
    const offset = offsetOf(block);
    if (upload === undefined || offset > upload.receivedBytes) return 'incomplete';
    const end = offset + part.length;
    if (end > this.maxBodyBytes) {
      this.store.forget(upload);
      return 'too-large';
    }
    if (hasMore(block)) return end <= upload.receivedBytes ? 'continue' : this.append(upload, part, offset);
    if (end < upload.receivedBytes || this.append(upload, part, offset) !== 'continue') return 'incomplete';
    const body = upload.body();
    this.store.forget(upload);
    return body;
  }

  private append(upload: Upload, part: Buffer, offset = 0): UploadProgress {
    const fresh = offset < upload.receivedBytes ? part.subarray(upload.receivedBytes - offset) : part;
    upload.append(fresh);
    this.store.refresh(upload);
    this.store.grow(upload, fresh.length);
    // When there was no room even for this one, it is gone again.
    return upload.isKept ? 'continue' : 'incomplete';
  }
}

/** Whether a block has the size that its option says: full, unless it is the last (RFC 7959 section 2.2). */
export function isBlockSized(block: number, part: Buffer): boolean {
  const size = blockSize(szxOf(block));
  return hasMore(block) ? part.length === size : part.length <= size;
}

function find(peer: Peer, key: string): Upload | undefined {
  const isIt = (item: Kept): boolean => item instanceof Upload && item.key === key;
  return peer.uploadShelf.items.findYoungest(isIt) as Upload | undefined;
}
