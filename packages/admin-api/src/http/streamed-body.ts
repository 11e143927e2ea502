import type { IncomingMessage } from 'node:http';
import { Problem } from '../problem/problem.js';

/** Longest time for the next piece of a body, and for what is left of it once the request has its answer. Ms. */
const PATIENCE_MS = 30_000;

/** Most of a body that is read for nothing, bytes. */
const MOST_DISCARDED = 64 * 1_024 * 1_024;

/**
 * A body that is read piece by piece, as slowly as whoever reads it can: a database decides how long an import takes.
 * Node's `requestTimeout` counts that as the client's time, and so is not asked; what is bounded instead is how long the
 * client may take for each piece.
 */
export class StreamedBody implements AsyncIterable<Uint8Array> {
  constructor(
    private readonly request: IncomingMessage,
    private readonly patienceMs: number = PATIENCE_MS,
  ) {
    forgetRequestTimeout(request);
  }

  /** @throws Problem 408 when the client sends nothing any more; Error when it is gone */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    // Whoever stops before the end must not destroy it: see `discard`.
    const pieces = this.request.iterator({ destroyOnReturn: false }) as AsyncGenerator<Uint8Array, void, undefined>;
    let isWaiting = false;
    try {
      for (;;) {
        isWaiting = true;
        const next = await this.inTime(pieces.next());
        isWaiting = false;
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // Until then the stream does not flow. One that is waited for in vain never gets there.
      if (!isWaiting) await pieces.return();
    }
  }

  /**
   * The request has its answer: what was not read of it is read and thrown away, so much and so long. Left unread it would
   * keep the connection from ever getting to its next request; cut off, it might take the answer with it (RFC 9112 section
   * 9.6).
   */
  discard(): void {
    const { request } = this;
    if (request.readableEnded || request.destroyed) return;
    let bytes = 0;
    request.on('data', (piece: Uint8Array) => {
      bytes += piece.length;
      if (bytes > MOST_DISCARDED) request.destroy();
    });
    const timer = setTimeout(() => request.destroy(), this.patienceMs).unref();
    request.once('close', () => clearTimeout(timer));
  }

  private async inTime<T>(piece: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Problem(408, `Nothing more of the body came for ${this.patienceMs} ms.`));
      }, this.patienceMs);
    });
    try {
      return await Promise.race([piece, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * Takes a request off the list of those that Node will end for being slow. The list is of parsers, and that they can be
 * taken off it is no part of Node's documented interface: were it gone, the timeout would hold for imports, too.
 */
function forgetRequestTimeout({ socket, complete }: IncomingMessage): void {
  // Then it is off that list, and on the one of connections that are idle.
  if (complete) return;
  const { parser } = socket as { readonly parser?: { remove?(): void } | null };
  parser?.remove?.();
}
