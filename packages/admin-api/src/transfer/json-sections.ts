import { readJson } from '../http/read-json.js';
import { invalid, Problem } from '../problem/problem.js';

/** A member of the document, or one element of a member that is a list. */
export interface JsonUnit {
  readonly member: string;
  /** Place in the list; `undefined`: the member is none, or it is empty. */
  readonly index: number | undefined;
  readonly value: unknown;
}

/** Longest member or element, characters. */
const MAX_UNIT = 1_048_576;

/** Where in the document the reader is. */
type Place = 'before' | 'key' | 'value' | 'element' | 'behind list' | 'after';

/**
 * Reads a JSON object piece by piece: its members, and the elements of members that are lists, one by one. A document
 * of any size costs the memory of its longest element, and no longer stretch of time than a piece takes. It only finds
 * where a unit ends; whether the unit is JSON is asked of the parser.
 */
export class JsonSections {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private place: Place = 'before';
  private member = '';
  private index = 0;
  /** The unit so far. */
  private text = '';
  /** Brackets that are open within the unit. */
  private depth = 0;
  private isInText = false;
  private isEscaped = false;
  private isFirstMember = true;

  /** @throws Problem 400 where it is not JSON, 413 where a unit is too long */
  push(bytes: Uint8Array): readonly JsonUnit[] {
    return this.read(this.decode(bytes));
  }

  /** @throws Problem 400 when the document is not at its end */
  end(): void {
    this.read(this.decode());
    if (this.place !== 'after' || !isBlank(this.text)) throw notJson();
  }

  private decode(bytes?: Uint8Array): string {
    try {
      return bytes === undefined ? this.decoder.decode() : this.decoder.decode(bytes, { stream: true });
    } catch {
      throw new Problem(400, 'The body is not UTF-8.');
    }
  }

  private read(text: string): JsonUnit[] {
    const units: JsonUnit[] = [];
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      if (this.isWithin(text.charCodeAt(at))) continue;
      this.text += text.slice(start, at);
      start = at + 1;
      this.endUnit(text[at] ?? '', units);
    }
    this.text += text.slice(start);
    this.assertLength();
    return units;
  }

  /** Whether this character is a part of the unit; if not, it ends it. */
  private isWithin(code: number): boolean {
    if (this.isInText) {
      if (this.isEscaped) this.isEscaped = false;
      else if (code === BACKSLASH) this.isEscaped = true;
      else if (code === QUOTE) this.isInText = false;
      return true;
    }
    if (code === QUOTE) this.isInText = true;
    else if (code === BRACE || code === BRACKET) {
      if (this.opens(code)) return false;
      this.depth++;
    } else if (code === BRACE_END || code === BRACKET_END) {
      if (this.depth === 0) return false;
      this.depth--;
    } else if (this.depth === 0) return code !== COMMA && !(code === COLON && this.place === 'key');
    return true;
  }

  /** Whether a bracket opens the document, or the list of a member, and not something within a unit. */
  private opens(code: number): boolean {
    if (this.place === 'before') return true;
    return this.place === 'value' && code === BRACKET && this.depth === 0;
  }

  private endUnit(end: string, units: JsonUnit[]): void {
    this.assertLength();
    const { text } = this;
    this.text = '';
    switch (this.place) {
      case 'before':
        return this.expect(end === '{' && isBlank(text), 'key');
      case 'key':
        if (end === ':') return this.beginMember(text);
        return this.expect(end === '}' && isBlank(text) && this.isFirstMember, 'after');
      case 'value':
        if (end === '[') {
          this.index = 0;
          return this.expect(isBlank(text), 'element');
        }
        units.push({ member: this.member, index: undefined, value: readJson(text) });
        return this.endMember(end);
      case 'element':
        return this.endElement(end, text, units);
      case 'behind list':
        if (!isBlank(text)) throw notJson();
        return this.endMember(end);
      case 'after':
        throw notJson();
    }
  }

  private beginMember(text: string): void {
    const member = readJson(text);
    if (typeof member !== 'string') throw notJson();
    if (member === '__proto__') throw invalid(member, 'is not known');
    this.member = member;
    this.isFirstMember = false;
    this.place = 'value';
  }

  private endMember(end: string): void {
    if (end === ',') this.place = 'key';
    else this.expect(end === '}', 'after');
  }

  private endElement(end: string, text: string, units: JsonUnit[]): void {
    const isEmptyList = isBlank(text) && end === ']' && this.index === 0;
    if (isEmptyList) units.push({ member: this.member, index: undefined, value: [] });
    else units.push({ member: this.member, index: this.index++, value: readJson(text) });
    if (end !== ',') this.expect(end === ']', 'behind list');
  }

  private assertLength(): void {
    if (this.text.length > MAX_UNIT) throw new Problem(413, `An element has more than ${MAX_UNIT} characters.`);
  }

  private expect(isAsExpected: boolean, next: Place): void {
    if (!isAsExpected) throw notJson();
    this.place = next;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;

/** RFC 8259 section 2: these four and no others. */
function isBlank(text: string): boolean {
  return /^[ \t\n\r]*$/.test(text);
}

function notJson(): Problem {
  return new Problem(400, 'The body is not a JSON object.');
}
