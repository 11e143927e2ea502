import { MessageType } from './message-type.js';
import { OptionNumber } from './option-number.js';
import { ABSENT } from './response.js';

const HEADER_BYTES = 4;
const VERSION = 1;
const MAX_TOKEN_BYTES = 8;
const PAYLOAD_MARKER = 0xff;
const EXTENDED_BY_1 = 13;
const EXTENDED_BY_2 = 14;
const RESERVED = 15;
const MAX_OPTION_NUMBER = 0xffff;
/** Of a Uri-Host, a segment of the path, a part of the query. */
const MAX_TEXT_BYTES = 255;
/** Segments whose place is noted. No path of this server has more. */
const MAX_SEGMENTS = 6;

/**
 * A datagram as a message, read strictly (RFC 7252 section 3). Only what this server uses of the options is kept, as
 * numbers and places in the datagram: nothing is copied.
 */
export class IncomingMessage {
  readonly type: MessageType;
  readonly code: number;
  readonly messageId: number;
  /** Breaks the message format: rejected as RFC 7252 section 4.2 and 4.3 say. */
  readonly isMalformed: boolean;
  /** A critical option is unknown, repeated or of a wrong length (sections 5.4.1, 5.4.3 and 5.4.5). */
  hasBadOption = false;
  /** Proxy-Uri or Proxy-Scheme. */
  hasProxyOption = false;
  observe: number = ABSENT;
  accept: number = ABSENT;
  block1: number = ABSENT;
  block2: number = ABSENT;
  size1: number = ABSENT;
  /** How many segments the path has; of those behind the sixth no place is noted. */
  segmentCount = 0;
  /** Start and end of the segments in the datagram. */
  private readonly segments: number[] = [];
  /** Bytes of the Request-Tag options as text (RFC 9175 section 3), each with a mark before it. */
  requestTag = '';
  private hasHost = false;
  private hasPort = false;
  private payloadStart: number;
  private readonly tokenLength: number;

  private constructor(readonly bytes: Buffer) {
    const first = bytes[0]!;
    this.type = ((first >> 4) & 3) as MessageType;
    this.tokenLength = first & 15;
    this.code = bytes[1]!;
    this.messageId = (bytes[2]! << 8) | bytes[3]!;
    this.payloadStart = bytes.length;
    this.isMalformed = !this.read();
  }

  /** `undefined`: shorter than a header, or of another version, which is ignored in silence (RFC 7252 section 3). */
  static read(datagram: Uint8Array): IncomingMessage | undefined {
    if (datagram.length < HEADER_BYTES || datagram[0]! >> 6 !== VERSION) return undefined;
    const bytes = Buffer.isBuffer(datagram)
      ? datagram
      : Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    return new IncomingMessage(bytes);
  }

  get isConfirmable(): boolean {
    return this.type === MessageType.CON;
  }

  get token(): Buffer {
    return this.bytes.subarray(HEADER_BYTES, HEADER_BYTES + this.tokenLength);
  }

  /** The token's bytes as a text by which it is found. */
  get tokenKey(): string {
    return this.bytes.toString('latin1', HEADER_BYTES, HEADER_BYTES + this.tokenLength);
  }

  /** What the request is about, as a text: method and path (the bytes of the path options). */
  get targetKey(): string {
    return `${this.code}/${this.bytes.toString('latin1', this.segments[0] ?? 0, this.segments.at(-1) ?? 0)}`;
  }

  get payload(): Buffer {
    return this.bytes.subarray(this.payloadStart);
  }

  /** Whether a segment of the path has these bytes. */
  isSegment(index: number, text: Uint8Array): boolean {
    const start = this.segments[2 * index]!;
    const length = this.segments[2 * index + 1]! - start;
    if (length !== text.length) return false;
    for (let at = 0; at < length; at += 1) if (this.bytes[start + at] !== text[at]) return false;
    return true;
  }

  /** A segment of the path. What is not UTF-8 in it is replaced. */
  segment(index: number): string {
    return this.bytes.toString('utf8', this.segments[2 * index], this.segments[2 * index + 1]);
  }

  /** `false`: the format is broken. */
  private read(): boolean {
    const { bytes } = this;
    const end = bytes.length;
    // An empty message has nothing behind its header (section 4.1).
    if (this.code === 0) return end === HEADER_BYTES && this.tokenLength === 0;
    let at = HEADER_BYTES + this.tokenLength;
    if (this.tokenLength > MAX_TOKEN_BYTES || at > end) return false;
    let number = 0;
    while (at < end) {
      const byte = bytes[at++]!;
      if (byte === PAYLOAD_MARKER) {
        this.payloadStart = at;
        return at < end;
      }
      const delta = extended(bytes, at, byte >> 4);
      at += extensionBytes(byte >> 4);
      const length = extended(bytes, at, byte & 15);
      at += extensionBytes(byte & 15);
      number += delta;
      if (delta < 0 || length < 0 || number > MAX_OPTION_NUMBER || at + length > end) return false;
      this.take(number, at, at + length);
      at += length;
    }
    return true;
  }

  private take(number: number, start: number, end: number): void {
    switch (number) {
      case OptionNumber.URI_PATH:
        if (end - start > MAX_TEXT_BYTES) this.hasBadOption = true;
        else if (this.segmentCount++ < MAX_SEGMENTS) this.segments.push(start, end);
        return;
      case OptionNumber.OBSERVE:
        // Elective: one that makes no sense is ignored.
        if (this.observe === ABSENT && end - start <= 3) this.observe = this.uint(start, end);
        return;
      case OptionNumber.ACCEPT:
        this.accept = this.critical(this.accept, start, end, 2);
        return;
      case OptionNumber.BLOCK2:
        this.block2 = this.critical(this.block2, start, end, 3);
        return;
      case OptionNumber.BLOCK1:
        this.block1 = this.critical(this.block1, start, end, 3);
        return;
      case OptionNumber.SIZE1:
        if (this.size1 === ABSENT && end - start <= 4) this.size1 = this.uint(start, end);
        return;
      case OptionNumber.REQUEST_TAG:
        if (end - start <= 8) this.requestTag += `#${this.bytes.toString('latin1', start, end)}`;
        return;
      // The server has one name and no queries: these are known and make no difference.
      case OptionNumber.URI_HOST:
        if (this.hasHost || start === end || end - start > MAX_TEXT_BYTES) this.hasBadOption = true;
        this.hasHost = true;
        return;
      case OptionNumber.URI_PORT:
        if (this.hasPort || end - start > 2) this.hasBadOption = true;
        this.hasPort = true;
        return;
      case OptionNumber.URI_QUERY:
        if (end - start > MAX_TEXT_BYTES) this.hasBadOption = true;
        return;
      case OptionNumber.PROXY_URI:
      case OptionNumber.PROXY_SCHEME:
        this.hasProxyOption = true;
        return;
      default:
        // Odd numbers are critical (section 5.4.6).
        if ((number & 1) === 1) this.hasBadOption = true;
    }
  }

  private critical(before: number, start: number, end: number, maxBytes: number): number {
    if (before === ABSENT && end - start <= maxBytes) return this.uint(start, end);
    this.hasBadOption = true;
    return before;
  }

  private uint(start: number, end: number): number {
    let value = 0;
    for (let at = start; at < end; at += 1) value = value * 256 + this.bytes[at]!;
    return value;
  }
}

function extensionBytes(nibble: number): number {
  return nibble === EXTENDED_BY_1 ? 1 : nibble === EXTENDED_BY_2 ? 2 : 0;
}

/** The delta or length that a nibble and what follows it say; negative when reserved or cut off. */
function extended(bytes: Buffer, at: number, nibble: number): number {
  if (nibble < EXTENDED_BY_1) return nibble;
  if (nibble === RESERVED || at + extensionBytes(nibble) > bytes.length) return -1;
  return nibble === EXTENDED_BY_1 ? bytes[at]! + 13 : ((bytes[at]! << 8) | bytes[at + 1]!) + 269;
}
