/** One line of a CSV file: its fields, or what is wrong with it. */
export type CsvLine =
  { readonly line: number; readonly fields: readonly string[] } | { readonly line: number; readonly problem: string };

/** Longest line, characters: longer than any row that fits, short enough that nobody fills memory with one. */
const MAX_LINE = 10_000;
/** Most fields of a line. */
const MAX_FIELDS = 100;

const QUOTE = '"';
const REPLACEMENT = '\uFFFD';

/** Where in a line the parser is. */
type Place = 'field start' | 'field' | 'quoted' | 'behind quote' | 'skipping';

/**
 * Reads CSV (RFC 4180) piece by piece: quotes, doubled quotes, LF, CRLF and CR, a byte order mark, blank lines. Unlike
 * in the RFC a quoted field ends on its line: no row here may hold a line break, and so a quote that nobody closes
 * costs one line and not the rest of the file. A line that is too long is skipped to its end. What is wrong with a
 * line is said of that line; the next one is read as if nothing had happened.
 */
export class CsvParser {
  private readonly decoder = new TextDecoder('utf-8');
  private line = 1;
  private place: Place = 'field start';
  private fields: string[] = [];
  private field = '';
  private length = 0;
  private problem: string | undefined;
  private endedWithCr = false;

  /** The lines that end in this piece. */
  push(bytes: Uint8Array): readonly CsvLine[] {
    return this.read(this.decoder.decode(bytes, { stream: true }));
  }

  /** The last line, when no line break ends it. */
  end(): readonly CsvLine[] {
    const lines = [...this.read(this.decoder.decode())];
    const last = this.lastLine();
    if (last !== undefined) lines.push(last);
    return lines;
  }

  private read(text: string): CsvLine[] {
    const lines: CsvLine[] = [];
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      const isSecondHalf = character === '\n' && this.endedWithCr;
      this.endedWithCr = character === '\r';
      if (isSecondHalf) continue;
      if (character === '\n' || character === '\r') {
        const line = this.lastLine();
        if (line !== undefined) lines.push(line);
        this.line++;
      } else this.take(character);
    }
    return lines;
  }

  private take(character: string): void {
    if (++this.length > MAX_LINE) this.give(`is longer than ${MAX_LINE} characters`);
    switch (this.place) {
      case 'skipping':
        return;
      case 'quoted':
        if (character === QUOTE) this.place = 'behind quote';
        else this.field += character;
        return;
      case 'behind quote':
        if (character === ',') this.endField();
        else if (character === QUOTE) {
          this.field += QUOTE;
          this.place = 'quoted';
        } else this.give('has text behind a closing quote');
        return;
      case 'field start':
      case 'field':
        if (character === ',') this.endField();
        else if (character === QUOTE && this.place === 'field start') this.place = 'quoted';
        else {
          this.field += character;
          this.place = 'field';
        }
    }
  }

  private endField(): void {
    this.fields.push(this.field);
    this.field = '';
    this.place = 'field start';
    if (this.fields.length >= MAX_FIELDS) this.give(`has more than ${MAX_FIELDS} fields`);
  }

  /** The rest of the line is not looked at. */
  private give(problem: string): void {
    this.problem ??= problem;
    this.field = '';
    this.fields = [];
    this.place = 'skipping';
  }

  /** What was read since the last line break; `undefined`: nothing. */
  private lastLine(): CsvLine | undefined {
    if (this.length === 0) return undefined;
    if (this.place === 'quoted') this.give('has a quote that is not closed on it');
    const fields = [...this.fields, this.field];
    // The decoder puts it where bytes are not UTF-8.
    if (fields.some((field) => field.includes(REPLACEMENT))) this.give('is not UTF-8');
    const { line, problem } = this;
    this.fields = [];
    this.field = '';
    this.length = 0;
    this.place = 'field start';
    this.problem = undefined;
    return problem === undefined ? { line, fields } : { line, problem };
  }
}
