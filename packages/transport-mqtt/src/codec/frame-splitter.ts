const EMPTY = Buffer.alloc(0);
const MAX_LENGTH_BYTES = 4;
const FIRST_ASSEMBLY_BYTES = 1024;

/**
 * What {@link FrameSplitter.next} found.
 * - `frame`: the splitter's fields describe one whole packet.
 * - `more`: the bytes so far end inside a packet.
 * - `too-large`: the next packet announces more than the limit; nothing of it was buffered.
 * - `malformed`: the length field of the next packet has no end.
 */
export type SplitResult = 'frame' | 'more' | 'too-large' | 'malformed';

/** One whole packet among received bytes. */
export interface Frame {
  readonly firstByte: number;
  /** Where the packet's body lies: `buffer[start…end)`. */
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
  /** The memory will be used again: what is kept for longer than the handling of the packet has to be copied. */
  readonly isBorrowed: boolean;
}

/**
 * Finds the packets in a stream of bytes. It knows the fixed header only, so that a packet's size is checked before
 * it is buffered or parsed. Packets that came in one chunk are slices of it; others are put together in memory of
 * their own. Neither memory is used again, but for that of borrowed chunks.
 */
export class FrameSplitter implements Frame {
  /** The first byte of the packet found last. */
  firstByte = 0;
  /** Where that packet's body lies: `buffer[start…end)`. */
  buffer: Buffer = EMPTY;
  start = 0;
  end = 0;
  isBorrowed = false;

  /** Received and not yet looked at: `chunk[position…chunkEnd)`. */
  private chunk: Buffer = EMPTY;
  private chunkEnd = 0;
  private position = 0;
  /** The chunk's memory is not this splitter's: see {@link FrameSplitter.giveBack}. */
  private hasBorrowed = false;
  /** A packet that spans chunks, with room that grows as its bytes come in: a header alone costs its sender as much. */
  private assembly: Buffer | undefined;
  private assembled = 0;
  private expected = 0;
  private headerLength = 0;

  constructor(private readonly maxPacketBytes: number) {}

  /** Adds the bytes `chunk[0…end)`. */
  push(chunk: Buffer, end = chunk.length): void {
    if (this.position === this.chunkEnd) {
      this.chunk = chunk;
      this.chunkEnd = end;
    } else {
      this.chunk = Buffer.concat([this.chunk.subarray(this.position, this.chunkEnd), chunk.subarray(0, end)]);
      this.chunkEnd = this.chunk.length;
    }
    this.position = 0;
  }

  /** The same with bytes whose memory will be used again, once {@link FrameSplitter.giveBack} was called. */
  borrow(chunk: Buffer, end: number): void {
    this.hasBorrowed = this.position === this.chunkEnd;
    this.push(chunk, end);
  }

  /** What is left of a borrowed chunk is copied: its memory is used again from here on. */
  giveBack(): void {
    if (!this.hasBorrowed) return;
    this.hasBorrowed = false;
    this.buffer = EMPTY;
    this.chunk = this.position < this.chunkEnd ? Buffer.from(this.chunk.subarray(this.position, this.chunkEnd)) : EMPTY;
    this.chunkEnd = this.chunk.length;
    this.position = 0;
  }

  next(): SplitResult {
    if (this.assembly !== undefined) return this.assemble(this.assembly);
    const available = this.chunkEnd - this.position;
    if (available < 2) return available === 0 ? this.forgetChunk() : 'more';

    let bodyLength = 0;
    let lengthBytes = 0;
    let byte: number;
    do {
      if (lengthBytes === MAX_LENGTH_BYTES) return 'malformed';
      if (lengthBytes + 1 >= available) return 'more';
      byte = this.chunk[this.position + 1 + lengthBytes]!;
      bodyLength |= (byte & 0x7f) << (7 * lengthBytes);
      lengthBytes += 1;
    } while (byte >= 0x80);

    this.headerLength = 1 + lengthBytes;
    this.expected = this.headerLength + bodyLength;
    if (this.expected > this.maxPacketBytes) return 'too-large';
    if (this.expected > available) return this.startAssembly(available);

    this.found(this.chunk, this.position, this.hasBorrowed);
    this.position += this.expected;
    return 'frame';
  }

  /** Lets go of all bytes: nothing will be asked for any more. */
  clear(): void {
    this.forgetChunk();
    this.assembly = undefined;
    this.buffer = EMPTY;
  }

  private found(buffer: Buffer, position: number, isBorrowed: boolean): void {
    this.isBorrowed = isBorrowed;
    this.firstByte = buffer[position]!;
    this.buffer = buffer;
    this.start = position + this.headerLength;
    this.end = position + this.expected;
  }

  private startAssembly(available: number): SplitResult {
    this.assembly = Buffer.allocUnsafeSlow(Math.min(this.expected, Math.max(FIRST_ASSEMBLY_BYTES, 2 * available)));
    this.chunk.copy(this.assembly, 0, this.position, this.chunkEnd);
    this.assembled = available;
    return this.forgetChunk();
  }

  private assemble(assembly: Buffer): SplitResult {
    const taken = Math.min(this.chunkEnd - this.position, this.expected - this.assembled);
    const target = this.roomFor(assembly, this.assembled + taken);
    this.chunk.copy(target, this.assembled, this.position, this.position + taken);
    this.assembled += taken;
    this.position += taken;
    if (this.assembled < this.expected) return this.forgetChunk();
    this.assembly = undefined;
    this.found(target, 0, false);
    return 'frame';
  }

  private roomFor(assembly: Buffer, length: number): Buffer {
    if (length <= assembly.length) return assembly;
    const grown = Buffer.allocUnsafeSlow(Math.min(this.expected, Math.max(length, 2 * assembly.length)));
    assembly.copy(grown, 0, 0, this.assembled);
    this.assembly = grown;
    return grown;
  }

  /** An idle connection keeps no memory of what it has received. */
  private forgetChunk(): SplitResult {
    this.chunk = EMPTY;
    this.chunkEnd = 0;
    this.position = 0;
    if (this.assembly === undefined) this.buffer = EMPTY;
    return 'more';
  }
}
