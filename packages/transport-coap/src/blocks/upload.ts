import { Kept } from '../retention/kept.js';

const FIRST_BYTES = 4_096;

/** A body that comes in blocks: copied together, since a small block would hold on to the memory of its whole datagram. */
export class Upload extends Kept {
  /** So many bytes have come, without a gap. */
  receivedBytes = 0;
  private buffer = Buffer.allocUnsafe(FIRST_BYTES);

  constructor(readonly key: string) {
    super();
  }

  append(part: Buffer): void {
    const needed = this.receivedBytes + part.length;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.length));
      this.buffer.copy(larger, 0, 0, this.receivedBytes);
      this.buffer = larger;
    }
    part.copy(this.buffer, this.receivedBytes);
    this.receivedBytes = needed;
  }

  body(): Buffer {
    return this.buffer.subarray(0, this.receivedBytes);
  }

  onDropped(): void {
    // Its client is told when it sends the next block: 4.08.
  }
}
