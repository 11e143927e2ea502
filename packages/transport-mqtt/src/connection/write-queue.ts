/** A connection that holds bytes back until the end of the turn. */
export interface PendingWriter {
  /** Used by the queue alone: who writes next. */
  nextWriter: PendingWriter | undefined;
  /** Writes what was held back, at once. */
  flush(): void;
}

/**
 * The connections that have something to write. What a packet brings about leaves when its chunk is handled, so that
 * one turn of the event loop writes once to each connection, without a callback of its own for each.
 */
export class WriteQueue {
  private first: PendingWriter | undefined;
  private last: PendingWriter | undefined;
  /** Chunks being handled; more than one when a stream answers within a write. */
  private depth = 0;
  private isScheduled = false;

  /** Called once by a connection that begins to hold bytes back. */
  add(writer: PendingWriter): void {
    if (this.last === undefined) this.first = writer;
    else this.last.nextWriter = writer;
    this.last = writer;
    if (this.depth > 0 || this.isScheduled) return;
    this.isScheduled = true;
    process.nextTick(flushScheduled, this);
  }

  /** A chunk is being handled: what is written from here on leaves at the latest at {@link WriteQueue.leave}. */
  enter(): void {
    this.depth += 1;
  }

  leave(): void {
    this.depth -= 1;
    if (this.depth === 0) this.flush();
  }

  /** What {@link WriteQueue.add} scheduled outside of a chunk. */
  flushNow(): void {
    this.isScheduled = false;
    this.flush();
  }

  private flush(): void {
    for (let writer = this.first; writer !== undefined; writer = this.first) {
      this.first = writer.nextWriter;
      if (this.first === undefined) this.last = undefined;
      writer.nextWriter = undefined;
      writer.flush();
    }
  }
}

function flushScheduled(queue: WriteQueue): void {
  queue.flushNow();
}
