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

const EMPTY = new Uint8Array(0);

const OBJECT = 0;
const ARRAY = 1;

/** Where a scan stands behind a value. */
const MORE = 0;
const END = 1;
const BROKEN = 2;

const TRUE = [...'true'].map((letter) => letter.charCodeAt(0));
const FALSE = [...'false'].map((letter) => letter.charCodeAt(0));
const NULL = [...'null'].map((letter) => letter.charCodeAt(0));

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const LETTER_U = 0x75;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

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
 */
export class JsonScanner {
  /** Members in the order of their keys, {@link MEMBER_SIZE} numbers each. Valid until the next scan. */
  readonly members: number[] = [];

  private bytes: Uint8Array = EMPTY;
  private at = 0;
  private levels = 0;
  private sawNonAscii = false;
  /** The kinds of the containers that are open, outermost first. */
  private containers = new Uint8Array(64);
  private depth = 0;
  /** Index in `members` of the member of level 1 (2) whose value is being read; -1: none. */
  private open1 = -1;
  private open2 = -1;

  /** Whether `bytes` is one JSON text. Notes the members of the first `levels` (0, 1 or 2) levels of objects. */
  scan(bytes: Uint8Array, levels = 0): boolean {
    this.bytes = bytes;
    this.at = 0;
    this.levels = levels;
    this.sawNonAscii = false;
    this.members.length = 0;
    this.depth = 0;
    this.open1 = -1;
    this.open2 = -1;
    const valid = this.document() && (!this.sawNonAscii || isUtf8(bytes));
    this.bytes = EMPTY;
    return valid;
  }

  /** Each turn reads one value up to where the next one begins. */
  private document(): boolean {
    for (;;) {
      this.skipSpace();
      const first = this.bytes[this.at];
      if (first === OPEN_BRACE) {
        if (this.enter(OBJECT) !== CLOSE_BRACE) {
          if (!this.key()) return false;
          continue;
        }
      } else if (first === OPEN_BRACKET) {
        if (this.enter(ARRAY) !== CLOSE_BRACKET) continue;
      } else {
        if (!this.scalar(first)) return false;
        this.endValue();
      }
      const next = this.toNextValue();
      if (next !== MORE) return next === END;
    }
  }

  /** Opens a container and yields the first byte inside. */
  private enter(kind: number): number | undefined {
    if (this.depth === this.containers.length) {
      const grown = new Uint8Array(this.depth * 2);
      grown.set(this.containers);
      this.containers = grown;
    }
    this.containers[this.depth++] = kind;
    this.at++;
    this.skipSpace();
    return this.bytes[this.at];
  }

  /** Behind a value, or at the end of an empty container: closes what ends here, goes on to the next value if any. */
  private toNextValue(): number {
    while (this.depth > 0) {
      this.skipSpace();
      const byte = this.bytes[this.at];
      const isObject = this.containers[this.depth - 1] === OBJECT;
      if (byte === COMMA) {
        this.at++;
        if (!isObject) return MORE;
        this.skipSpace();
        return this.key() ? MORE : BROKEN;
      }
      if (byte !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) return BROKEN;
      this.at++;
      this.depth--;
      this.endValue();
    }
    this.skipSpace();
    return this.at === this.bytes.length ? END : BROKEN;
  }

  /** A key with its colon. */
  private key(): boolean {
    const start = this.at + 1;
    if (this.bytes[this.at] !== QUOTE) return false;
    const escaped = this.string();
    if (escaped < 0) return false;
    const end = this.at - 1;
    this.skipSpace();
    if (this.bytes[this.at] !== COLON) return false;
    this.at++;
    this.skipSpace();
    if (this.depth <= this.levels) this.noteMember(start, end, escaped);
    return true;
  }

  private noteMember(keyStart: number, keyEnd: number, escaped: number): void {
    if (this.depth === 1) this.open1 = this.members.length;
    else if (this.containers[0] === OBJECT) this.open2 = this.members.length;
    else return;
    this.members.push(this.depth, keyStart, keyEnd, escaped, this.at, this.at);
  }

  private endValue(): void {
    if (this.depth === 1) {
      if (this.open1 >= 0) this.members[this.open1 + VALUE_END] = this.at;
      this.open1 = -1;
    } else if (this.depth === 2) {
      if (this.open2 >= 0) this.members[this.open2 + VALUE_END] = this.at;
      this.open2 = -1;
    }
  }

  private scalar(first: number | undefined): boolean {
    switch (first) {
      case QUOTE:
        return this.string() >= 0;
      case 0x74:
        return this.literal(TRUE);
      case 0x66:
        return this.literal(FALSE);
      case 0x6e:
        return this.literal(NULL);
      default:
        return this.number();
    }
  }

  private literal(word: readonly number[]): boolean {
    for (const letter of word) {
      if (this.bytes[this.at++] !== letter) return false;
    }
    return true;
  }

  private number(): boolean {
    if (this.bytes[this.at] === MINUS) this.at++;
    if (this.bytes[this.at] === ZERO) this.at++;
    else if (!this.digits()) return false;
    if (this.bytes[this.at] === DOT) {
      this.at++;
      if (!this.digits()) return false;
    }
    const byte = this.bytes[this.at];
    if (byte === 0x65 || byte === 0x45) {
      const sign = this.bytes[++this.at];
      if (sign === MINUS || sign === 0x2b) this.at++;
      return this.digits();
    }
    return true;
  }

  /** One digit or more. */
  private digits(): boolean {
    const start = this.at;
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined || byte < ZERO || byte > NINE) return this.at > start;
      this.at++;
    }
  }

  /** A string from its opening to behind its closing quote. 1: with escapes, 0: without, -1: not a string. */
  private string(): number {
    const bytes = this.bytes;
    const length = bytes.length;
    let at = this.at + 1;
    let escaped = 0;
    let seen = 0;
    for (; at < length; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        if (seen >= 0x80) this.sawNonAscii = true;
        this.at = at + 1;
        return escaped;
      }
      if (byte < 0x20) return -1;
      seen |= byte;
      if (byte === BACKSLASH) {
        escaped = 1;
        at = this.escapeEnd(at + 1);
        if (at < 0) return -1;
      }
    }
    return -1;
  }

  /** The last byte of the escape whose letter is at `at`; -1: not an escape. */
  private escapeEnd(at: number): number {
    const letter = this.bytes[at];
    if (letter === undefined) return -1;
    if (SIMPLE_ESCAPES[letter] === 1) return at;
    if (letter !== LETTER_U) return -1;
    for (let digit = at + 1; digit <= at + 4; digit++) {
      if (HEX_DIGITS[this.bytes[digit] ?? 0] !== 1) return -1;
    }
    return at + 4;
  }

  private skipSpace(): void {
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.at++;
    }
  }
}
