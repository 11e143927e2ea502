import { isUtf8 } from 'node:buffer';

/** Int32 fields of one member in {@link JsonScanner.members}. */
export const MEMBER_SIZE = 6;
/** 1: a member of the document's object; 2: a member of an object that is such a member's value. */
export const MEMBER_DEPTH = 0;
/** Offset of the first byte of the key, behind its quote. */
export const KEY_START = 1;
/** Offset of the key's closing quote. */
export const KEY_END = 2;
/** 1 when the key contains escapes, else 0. */
export const KEY_ESCAPED = 3;
/** Offset of the value's first byte. */
export const VALUE_START = 4;
/** Offset behind the value's last byte. */
export const VALUE_END = 5;

/** Room that is kept from one message to the next: for a thousand members. */
const KEPT_NOTES = 1_000 * MEMBER_SIZE;

const EMPTY = new Uint8Array(0);

/** What stands in place of the offset of the next value. */
const BROKEN = -1;
const DONE = -2;

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const OPEN_BRACE = 0x7b;
/** From `{` to `}` and from `[` to `]`. */
const TO_CLOSING = 2;
/** In place of a byte, behind the last one. */
const END_OF_TEXT = -1;

/** Bytes that may follow a backslash, `u` apart. */
const SIMPLE_ESCAPES = new Uint8Array(256);
for (const char of '"\\/bfnrt') SIMPLE_ESCAPES[char.charCodeAt(0)] = 1;

const HEX_DIGITS = new Uint8Array(256);
for (const char of '0123456789abcdefABCDEF') HEX_DIGITS[char.charCodeAt(0)] = 1;

/**
 * Validates one JSON text (RFC 8259) in place and notes where the members of its outermost two levels of objects are,
 * so that a message is looked at once and its parts travel as slices of what came in.
 *
 * It accepts exactly the byte sequences that are UTF-8 without a byte order mark and that `JSON.parse` accepts; the
 * security rule depends on that, and a property test holds it. It does not recurse: nesting costs one byte a level.
 * No byte is read behind the end: the engine would have to expect `undefined` from then on, and compare slowly.
 */
export class JsonScanner {
  /**
   * Members in the order of their keys, {@link MEMBER_SIZE} numbers each: the first {@link JsonScanner.noted} of these.
   * Valid until the next scan that notes. The array is filled again and again, since each message would grow a new one.
   */
  readonly members: number[] = [];
  noted = 0;

  private bytes: Uint8Array = EMPTY;
  private levels = 0;
  private sawNonAscii = false;
  /** The string that was read last contains escapes: 1, else 0. */
  private wasEscaped = 0;
  /** The first bytes of the containers that are open, outermost first. */
  private containers = new Uint8Array(64);
  private depth = 0;
  /** Index in `members` of the member of level 1 (2) whose value is being read; -1: none. */
  private open1 = -1;
  private open2 = -1;

  /** Whether `bytes` is one JSON text. Notes the members of the first `levels` (0, 1 or 2) levels of objects. */
  scan(bytes: Uint8Array, levels = 0): boolean {
    this.bytes = bytes;
    this.levels = levels;
    this.sawNonAscii = false;
    if (levels > 0) this.forgetNotes();
    this.depth = 0;
    this.open1 = -1;
    this.open2 = -1;
    const valid = this.document() && (!this.sawNonAscii || isUtf8(bytes));
    this.bytes = EMPTY;
    return valid;
  }

  /** Each turn reads one value, which begins at `at`, up to where the next one begins. */
  private document(): boolean {
    const { bytes } = this;
    let at = spaceEnd(bytes, 0);
    for (;;) {
      const first = at < bytes.length ? bytes[at]! : END_OF_TEXT;
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        this.enter(first);
        at = spaceEnd(bytes, at + 1);
        if (at === bytes.length) return false;
        if (bytes[at] !== first + TO_CLOSING) {
          if (first === OPEN_BRACE) at = this.key(at);
          if (at < 0) return false;
          continue;
        }
      } else {
        at = this.scalar(at, first);
        if (at < 0) return false;
        this.endValue(at);
      }
      at = this.toNextValue(at);
      if (at < 0) return at === DONE;
    }
  }

  private enter(first: number): void {
    if (this.depth === this.containers.length) {
      const grown = new Uint8Array(this.depth * 2);
      grown.set(this.containers);
      this.containers = grown;
    }
    this.containers[this.depth++] = first;
  }

  /** Behind a value, or at the end of an empty container: closes what ends here and yields where the next value begins. */
  private toNextValue(from: number): number {
    const { bytes } = this;
    let at = spaceEnd(bytes, from);
    while (this.depth > 0) {
      if (at === bytes.length) return BROKEN;
      const byte = bytes[at]!;
      const first = this.containers[this.depth - 1]!;
      if (byte === COMMA) {
        at = spaceEnd(bytes, at + 1);
        return first === OPEN_BRACE ? this.key(at) : at;
      }
      if (byte !== first + TO_CLOSING) return BROKEN;
      this.depth--;
      this.endValue(at + 1);
      at = spaceEnd(bytes, at + 1);
    }
    return at === bytes.length ? DONE : BROKEN;
  }

  /** A key with its colon; yields where its value begins. */
  private key(at: number): number {
    const { bytes } = this;
    if (at === bytes.length || bytes[at] !== QUOTE) return BROKEN;
    const end = this.string(at);
    if (end < 0) return BROKEN;
    const colon = spaceEnd(bytes, end);
    if (colon === bytes.length || bytes[colon] !== COLON) return BROKEN;
    const value = spaceEnd(bytes, colon + 1);
    if (this.depth <= this.levels) this.noteMember(at + 1, end - 1, value);
    return value;
  }

  private noteMember(keyStart: number, keyEnd: number, value: number): void {
    const { members, noted } = this;
    if (this.depth === 1) this.open1 = noted;
    else if (this.containers[0] === OPEN_BRACE) this.open2 = noted;
    else return;
    members[noted + MEMBER_DEPTH] = this.depth;
    members[noted + KEY_START] = keyStart;
    members[noted + KEY_END] = keyEnd;
    members[noted + KEY_ESCAPED] = this.wasEscaped;
    members[noted + VALUE_START] = value;
    members[noted + VALUE_END] = value;
    this.noted = noted + MEMBER_SIZE;
  }

  private forgetNotes(): void {
    this.noted = 0;
    if (this.members.length > KEPT_NOTES) this.members.length = 0;
  }

  private endValue(end: number): void {
    if (this.depth === 1) {
      if (this.open1 >= 0) this.members[this.open1 + VALUE_END] = end;
      this.open1 = -1;
    } else if (this.depth === 2) {
      if (this.open2 >= 0) this.members[this.open2 + VALUE_END] = end;
      this.open2 = -1;
    }
  }

  /** What is no container; yields where it ends. */
  private scalar(at: number, first: number): number {
    switch (first) {
      case QUOTE:
        return this.string(at);
      case 0x74:
        return literalEnd(this.bytes, at, TRUE);
      case 0x66:
        return literalEnd(this.bytes, at, FALSE);
      case 0x6e:
        return literalEnd(this.bytes, at, NULL);
      default:
        return numberEnd(this.bytes, at);
    }
  }

  /** A string from its opening to behind its closing quote. */
  private string(from: number): number {
    const { bytes } = this;
    let escaped = 0;
    let seen = 0;
    for (let at = from + 1; at < bytes.length; at++) {
      const byte = bytes[at]!;
      // Small letters and all that is not ASCII.
      if (byte > BACKSLASH) {
        seen |= byte;
        continue;
      }
      if (byte === QUOTE) {
        if (seen >= 0x80) this.sawNonAscii = true;
        this.wasEscaped = escaped;
        return at + 1;
      }
      if (byte < 0x20) return BROKEN;
      if (byte !== BACKSLASH) continue;
      escaped = 1;
      at = escapeEnd(bytes, at + 1);
      if (at < 0) return BROKEN;
    }
    return BROKEN;
  }
}

function spaceEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
  }
  return at;
}

function literalEnd(bytes: Uint8Array, from: number, word: Uint8Array): number {
  if (bytes.length - from < word.length) return BROKEN;
  for (let index = 1; index < word.length; index++) {
    if (bytes[from + index] !== word[index]) return BROKEN;
  }
  return from + word.length;
}

function numberEnd(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  let at = from < length && bytes[from] === MINUS ? from + 1 : from;
  if (at < length && bytes[at] === ZERO) at++;
  else at = digitsEnd(bytes, at);
  if (at > 0 && at < length && bytes[at] === DOT) at = digitsEnd(bytes, at + 1);
  if (at < 0 || at === length) return at;
  const byte = bytes[at]!;
  if (byte !== 0x65 && byte !== 0x45) return at;
  at++;
  const sign = at < length ? bytes[at]! : END_OF_TEXT;
  return digitsEnd(bytes, sign === MINUS || sign === 0x2b ? at + 1 : at);
}

/** One digit or more. */
function digitsEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte < ZERO || byte > NINE) break;
  }
  return at > from ? at : BROKEN;
}

/** The last byte of the escape whose letter is at `at`. */
function escapeEnd(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return BROKEN;
  const letter = bytes[at]!;
  if (SIMPLE_ESCAPES[letter] === 1) return at;
  if (letter !== LETTER_U || at + 4 >= bytes.length) return BROKEN;
  for (let digit = at + 1; digit <= at + 4; digit++) {
    if (HEX_DIGITS[bytes[digit]!] !== 1) return BROKEN;
  }
  return at + 4;
}
