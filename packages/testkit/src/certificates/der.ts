/** DER, as much as a certificate needs (ITU-T X.690). */

const NULL_BYTES = Buffer.alloc(0);

const SHORT_LENGTH = 0x80;
const FIRST_YEAR_OF_GENERALIZED_TIME = 2050;

/** One element: tag, length, contents. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body), body]);
}

export function sequence(...members: readonly Uint8Array[]): Buffer {
  return element(0x30, ...members);
}

/** A set of one member, whose order is no question. */
export function setOf(member: Uint8Array): Buffer {
  return element(0x31, member);
}

/** A positive integer, big-endian, in as few bytes as there can be (X.690 section 8.3.2). */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  const isNegative = (digits[0]! & 0x80) !== 0;
  return element(0x02, isNegative ? Buffer.from([0]) : NULL_BYTES, digits);
}

export function bitString(bytes: Uint8Array): Buffer {
  return element(0x03, Buffer.from([0]), bytes);
}

export function octetString(bytes: Uint8Array): Buffer {
  return element(0x04, bytes);
}

export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text));
}

export function truth(): Buffer {
  return element(0x01, Buffer.from([0xff]));
}

/** `2.5.4.3` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** A date of a certificate: UTCTime up to 2049, GeneralizedTime from there (RFC 5280 section 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
  const isLate = date.getUTCFullYear() >= FIRST_YEAR_OF_GENERALIZED_TIME;
  return isLate ? element(0x18, Buffer.from(digits)) : element(0x17, Buffer.from(digits.slice(2)));
}

function lengthOf({ length }: Uint8Array): Buffer {
  if (length < SHORT_LENGTH) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return Buffer.from([SHORT_LENGTH | bytes.length, ...bytes]);
}

/** Groups of seven bits, all but the last marked. */
function base128(number: number): number[] {
  const groups = [number & 0x7f];
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) groups.unshift((rest & 0x7f) | 0x80);
  return groups;
}
