import { MessageType } from './message-type.js';
import { OptionNumber } from './option-number.js';
import { ABSENT, type Response } from './response.js';

const VERSION_1 = 0x40;
const PAYLOAD_MARKER = 0xff;
const HEADER_BYTES = 4;
/** Number and length of the options that are written here fit one byte and an extended delta of one byte more. */
const EXTENDED = 13;
/** Bytes that the longest header, token and options that are written here take, marker included. */
const LONGEST_HEAD = 64;
/** Bytes that the options of a response take at most, marker included: what a datagram has beside token and payload. */
export const RESPONSE_OVERHEAD: number = HEADER_BYTES + 40;

// One serves the process: a message is written in one go.
const head = Buffer.alloc(LONGEST_HEAD);
let length = 0;
let lastOption = 0;

/** A message without token, options and payload (RFC 7252 section 4.1): acknowledgement, reset, ping. */
export function writeEmpty(type: MessageType, messageId: number): Buffer {
  const datagram = Buffer.allocUnsafe(HEADER_BYTES);
  datagram[0] = VERSION_1 | (type << 4);
  datagram[1] = 0;
  datagram[2] = messageId >> 8;
  datagram[3] = messageId & 0xff;
  return datagram;
}

/** A response whose payload are the bytes from `from` to `to` (exclusive) of its body. */
export function writeResponse(
  type: MessageType,
  messageId: number,
  token: Uint8Array,
  response: Response,
  from: number,
  to: number,
): Buffer {
  head[0] = VERSION_1 | (type << 4) | token.length;
  head[1] = response.code;
  head[2] = messageId >> 8;
  head[3] = messageId & 0xff;
  head.set(token, HEADER_BYTES);
  length = HEADER_BYTES + token.length;
  writeOptions(response);
  const payloadBytes = to - from;
  if (payloadBytes > 0) head[length++] = PAYLOAD_MARKER;
  const datagram = Buffer.allocUnsafe(length + payloadBytes);
  head.copy(datagram, 0, 0, length);
  if (payloadBytes > 0) response.body.copy(datagram, length, from, to);
  return datagram;
}

/** In ascending order, as the encoding wants it (RFC 7252 section 3.1). */
function writeOptions(response: Response): void {
  lastOption = 0;
  if (response.etag !== ABSENT) {
    writeOptionHead(OptionNumber.ETAG, 4);
    length = head.writeUInt32BE(response.etag, length);
  }
  if (response.observe !== ABSENT) writeUint(OptionNumber.OBSERVE, response.observe);
  if (response.contentFormat !== ABSENT) writeUint(OptionNumber.CONTENT_FORMAT, response.contentFormat);
  if (response.maxAge !== ABSENT) writeUint(OptionNumber.MAX_AGE, response.maxAge);
  if (response.block2 !== ABSENT) writeUint(OptionNumber.BLOCK2, response.block2);
  if (response.block1 !== ABSENT) writeUint(OptionNumber.BLOCK1, response.block1);
  if (response.size2 !== ABSENT) writeUint(OptionNumber.SIZE2, response.size2);
  if (response.size1 !== ABSENT) writeUint(OptionNumber.SIZE1, response.size1);
}

function writeOptionHead(number: number, valueBytes: number): void {
  const delta = number - lastOption;
  lastOption = number;
  if (delta < EXTENDED) {
    head[length++] = (delta << 4) | valueBytes;
  } else {
    head[length++] = (EXTENDED << 4) | valueBytes;
    head[length++] = delta - EXTENDED;
  }
}

/** Without leading zero bytes; 0 is no byte at all (RFC 7252 section 3.2). */
function writeUint(number: number, value: number): void {
  const bytes = value === 0 ? 0 : (39 - Math.clz32(value)) >> 3;
  writeOptionHead(number, bytes);
  for (let shift = (bytes - 1) * 8; shift >= 0; shift -= 8) head[length++] = (value >>> shift) & 0xff;
}
