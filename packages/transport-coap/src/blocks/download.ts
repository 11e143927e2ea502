import { Response } from '../codec/response.js';
import { Kept } from '../retention/kept.js';

/** Who wants to know how far a body was fetched. Calls must not throw. */
export interface FetchListener {
  /** The client asked for a further block. */
  onFetched(isWhole: boolean): void;
  /** The body is not kept any more. */
  onForgotten(): void;
}

/** A body that is kept while its client fetches it in blocks. */
export class Download extends Kept {
  /** So many bytes from the beginning on have been sent. */
  fetchedBytes: number;

  constructor(
    /** Method and path. */
    readonly key: string,
    /** The token of the request, or of the observation, that it answers. */
    readonly tokenKey: string,
    readonly response: Response,
    sentBytes: number,
    private listener: FetchListener | undefined,
  ) {
    super();
    this.fetchedBytes = sentBytes;
  }

  get isWhole(): boolean {
    return this.fetchedBytes >= this.response.body.length;
  }

  /** The response of a further block: without Observe (RFC 7959 section 3.4), without what was said with the first. */
  partWith(block2: number): Response {
    const { code, body, contentFormat, etag } = this.response;
    const part = new Response(code, body, contentFormat);
    part.etag = etag;
    part.block2 = block2;
    return part;
  }

  /** Nobody wants to know any more; copies of requests for blocks are still answered. */
  detach(): void {
    this.listener = undefined;
  }

  advance(from: number, to: number): void {
    if (from <= this.fetchedBytes) this.fetchedBytes = Math.max(this.fetchedBytes, to);
    this.listener?.onFetched(this.isWhole);
  }

  onDropped(): void {
    this.listener?.onForgotten();
  }
}
