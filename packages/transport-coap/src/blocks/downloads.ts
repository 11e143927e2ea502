import { blockOption, blockSize, numOf, offsetOf, szxOf } from '../codec/block.js';
import type { Response } from '../codec/response.js';
import type { CoapLimits } from '../coap-limits.js';
import type { Peer } from '../endpoint/peer.js';
import { Store } from '../retention/store.js';
import type { Schedule } from '../time/schedule.js';
import { Download, type FetchListener } from './download.js';

const MAX_DOWNLOADS = 1_000_000;

/** Bodies that clients fetch block by block (RFC 7959 section 2.4). Each block that is fetched prolongs its life. */
export class Downloads {
  readonly store: Store;

  constructor(schedule: Schedule, limits: CoapLimits) {
    this.store = new Store(schedule, {
      lifetimeMs: limits.downloadTimeoutMs,
      maxItems: MAX_DOWNLOADS,
      maxBytes: limits.maxDownloadBytes,
      maxItemsPerEndpoint: limits.maxDownloadsPerEndpoint,
      maxBytesPerEndpoint: limits.maxDownloadBytesPerEndpoint,
    });
  }

  /** Keeps a response of which the first `sentBytes` bytes are on their way. */
  keep(
    peer: Peer,
    key: string,
    tokenKey: string,
    response: Response,
    sentBytes: number,
    listener?: FetchListener,
  ): Download {
    const download = new Download(key, tokenKey, response, sentBytes, listener);
    this.store.keep(download, peer.downloadShelf, response.body.length);
    return download;
  }

  /**
   * What a request for a block is about. Its token tells, but a client may take a new one for every block: then it is
   * the download that goes on with this block, else the youngest of the path.
   */
  find(peer: Peer, key: string, tokenKey: string, block: number): Download | undefined {
    const { items } = peer.downloadShelf;
    const offset = offsetOf(block);
    const isOfPath = (item: unknown): item is Download => item instanceof Download && item.key === key;
    const found =
      items.findYoungest((item) => isOfPath(item) && item.tokenKey === tokenKey) ??
      items.findYoungest((item) => isOfPath(item) && item.fetchedBytes === offset) ??
      items.findYoungest(isOfPath);
    return found as Download | undefined;
  }

  /** The block of a download that a request asks for; `undefined`: there is none. */
  cut(download: Download, block: number): { response: Response; from: number; to: number } | undefined {
    const from = offsetOf(block);
    const { length } = download.response.body;
    if (from >= length) return undefined;
    const to = Math.min(length, from + blockSize(szxOf(block)));
    return { response: download.partWith(blockOption(numOf(block), to < length, szxOf(block))), from, to };
  }

  /** A block went out: when all have, its listener knows that the body was fetched whole. */
  fetched(download: Download, from: number, to: number): void {
    this.store.refresh(download);
    download.advance(from, to);
  }
}
