/** Reads server-sent events out of the text of a stream as it comes (WHATWG HTML section 9.2.6). */
export class EventStreamReader {
  private rest = '';
  private endedInCarriageReturn = false;
  private type = '';
  private data: string[] = [];

  constructor(private readonly onEvent: (type: string, data: string) => void) {}

  read(text: string): void {
    // A line break may come in two pieces.
    const fresh = this.endedInCarriageReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') this.endedInCarriageReturn = text.endsWith('\r');
    const lines = (this.rest + fresh).split(/\r\n|\n|\r/);
    this.rest = lines.pop()!;
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    // A comment.
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'event') this.type = value;
    else if (field === 'data') this.data.push(value);
  }

  private dispatch(): void {
    const { type, data } = this;
    this.type = '';
    this.data = [];
    if (data.length > 0) this.onEvent(type === '' ? 'message' : type, data.join('\n'));
  }
}
