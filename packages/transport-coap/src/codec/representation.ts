const NOTHING = Buffer.alloc(0);

/**
 * What a response carries: a body that is not copied until it stands in a datagram, with some bytes around it. Ranges
 * of it are cut out for blocks (RFC 7959).
 */
export class Representation {
  static readonly EMPTY: Representation = new Representation(NOTHING);

  /** Bytes. */
  readonly length: number;

  constructor(
    private readonly body: Uint8Array,
    private readonly head: Uint8Array = NOTHING,
    private readonly tail: Uint8Array = NOTHING,
  ) {
    this.length = head.length + body.length + tail.length;
  }

  static ofText(text: string): Representation {
    return new Representation(Buffer.from(text));
  }

  /** Copies the bytes from `from` to `to` (exclusive) into `target` at `at`. */
  copy(target: Uint8Array, at: number, from: number, to: number): void {
    const bodyStart = this.head.length;
    const tailStart = bodyStart + this.body.length;
    copyPart(target, at, this.head, from, to);
    copyPart(target, at + Math.max(0, bodyStart - from), this.body, from - bodyStart, to - bodyStart);
    copyPart(target, at + Math.max(0, tailStart - from), this.tail, from - tailStart, to - tailStart);
  }
}

/** The part of `source` that lies between `from` and `to`, which may lie outside of it. */
function copyPart(target: Uint8Array, at: number, source: Uint8Array, from: number, to: number): void {
  const start = Math.max(0, from);
  const end = Math.min(source.length, to);
  if (start >= end) return;
  target.set(start === 0 && end === source.length ? source : source.subarray(start, end), at);
}
