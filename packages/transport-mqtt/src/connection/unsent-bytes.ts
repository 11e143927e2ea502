import type { Duplex } from 'node:stream';
import type { ConnectionContext } from './connection-context.js';
import { StallWatch } from './stall-watch.js';
import type { PendingWriter } from './write-queue.js';

/** What is held back for one turn is put together up to this many bytes: one small copy is cheaper than several writes. */
const JOIN_BYTES = 16_384;

/** Whose bytes they are. */
export interface BytesOwner {
  /** More is unsent than the limit allows. */
  onCongested(): void;
  /** It is within the limit again. */
  onDrained(): void;
  /** The network has taken nothing for too long. */
  onStalled(): void;
}

/** What one connection has to send: written once a turn, watched while it is more than the device takes. */
export class UnsentBytes implements PendingWriter {
  nextWriter: PendingWriter | undefined;

  /** Held back until the end of the turn. */
  private pending: Uint8Array | Uint8Array[] | undefined;
  private pendingBytes = 0;
  /** While more is unsent than the limit allows. */
  private stall: StallWatch | undefined;
  /** All bytes ever written, to tell a slow connection from a stalled one. */
  private written = 0;
  private isClosed = false;

  constructor(
    private readonly stream: Duplex,
    private readonly context: ConnectionContext,
    private readonly owner: BytesOwner,
  ) {}

  /** Whether more is unsent than the limit allows. */
  get isFull(): boolean {
    return this.stall !== undefined;
  }

  /** Sends bytes at the end of this turn, together with what else is written in it. They must not change until then. */
  write(bytes: Uint8Array): void {
    this.written += bytes.length;
    this.pendingBytes += bytes.length;
    if (this.pending === undefined) {
      this.pending = bytes;
      this.context.writes.add(this);
    } else if (Array.isArray(this.pending)) this.pending.push(bytes);
    else this.pending = [this.pending, bytes];
    if (this.stall === undefined && this.size > this.context.limits.maxUnsentBytes) this.watch();
  }

  flush(): void {
    const { pending, stream } = this;
    if (pending === undefined) return;
    const bytes = Array.isArray(pending) && this.pendingBytes <= JOIN_BYTES ? Buffer.concat(pending) : pending;
    this.pending = undefined;
    this.pendingBytes = 0;
    if (!Array.isArray(bytes)) this.send(bytes);
    else {
      stream.cork();
      for (const part of bytes) this.send(part);
      stream.uncork();
    }
  }

  /** Nothing is written any more; what was is not watched. */
  close(): void {
    this.isClosed = true;
    this.pending = undefined;
    this.pendingBytes = 0;
    this.stall?.stop();
  }

  private get size(): number {
    return this.stream.writableLength + this.pendingBytes;
  }

  private watch(): void {
    const { host, limits } = this.context;
    this.stall = new StallWatch(
      host.timers,
      limits.stallTimeoutMs,
      () => this.written - this.size,
      () => this.owner.onStalled(),
    );
    this.owner.onCongested();
  }

  /** While too much is unsent every write tells when it is through. */
  private send(bytes: Uint8Array): void {
    if (this.isFull) this.stream.write(bytes, () => this.onSent());
    else this.stream.write(bytes);
  }

  private onSent(): void {
    if (this.isClosed || this.stall === undefined) return;
    if (this.size > this.context.limits.maxUnsentBytes) return;
    this.stall.stop();
    this.stall = undefined;
    this.owner.onDrained();
  }
}
