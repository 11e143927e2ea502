import { isUtf8 } from 'node:buffer';
import type { Frame } from './frame-splitter.js';
import { malformed, protocolError, type ProtocolViolation } from './protocol-violation.js';

/**
 * Reads the fields of one packet's body, and nothing beyond it. Every method throws a `ProtocolViolation` when the
 * field is not there whole, or is not what MQTT allows.
 */
export class PacketReader {
  constructor(
    readonly buffer: Buffer,
    public position: number,
    /** Where the body ends; moved to the end of the properties while they are read. */
    public end: number,
  ) {}

  /** Reads a packet's body from its beginning. */
  static of({ buffer, start, end }: Frame): PacketReader {
    return new PacketReader(buffer, start, end);
  }

  get atEnd(): boolean {
    return this.position === this.end;
  }

  byte(): number {
    return this.buffer[this.advance(1)]!;
  }

  /** Steps over the next byte if it is this one. */
  skipByte(value: number): boolean {
    if (this.atEnd || this.buffer[this.position] !== value) return false;
    this.position += 1;
    return true;
  }

  uint16(): number {
    return this.buffer.readUInt16BE(this.advance(2));
  }

  uint32(): number {
    return this.buffer.readUInt32BE(this.advance(4));
  }

  /** A variable byte integer (MQTT 5 section 1.5.5). */
  variableInteger(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw malformed('a variable byte integer is longer than four bytes');
  }

  /** A packet identifier, which is never 0. */
  packetId(): number {
    const id = this.uint16();
    if (id === 0) throw zeroPacketId();
    return id;
  }

  /** Binary data with its length before it. Shares the packet's memory. */
  binary(): Buffer {
    const length = this.uint16();
    const start = this.advance(length);
    return this.buffer.subarray(start, start + length);
  }

  /** A string: UTF-8 without U+0000 (MQTT 5 section 1.5.4). */
  text(): string {
    const bytes = this.binary();
    requireText(bytes);
    return bytes.toString('utf8');
  }

  /** For packets that end after what was read. */
  requireEnd(): void {
    if (!this.atEnd) throw malformed(`${this.end - this.position} bytes follow where the packet should end`);
  }

  /** Steps over `length` bytes and returns where they begin. */
  advance(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw endsInsideField();
    this.position = start + length;
    return start;
  }
}

/** @throws ProtocolViolation when the bytes are not a string as MQTT defines it. */
export function requireText(bytes: Buffer): void {
  if (!isUtf8(bytes)) throw malformed('a string is not valid UTF-8');
  if (bytes.includes(0)) throw malformed('a string contains U+0000');
}

export function endsInsideField(): ProtocolViolation {
  return malformed('the packet ends inside a field');
}

export function zeroPacketId(): ProtocolViolation {
  return protocolError('the packet identifier is 0; it must be from 1 to 65535');
}
