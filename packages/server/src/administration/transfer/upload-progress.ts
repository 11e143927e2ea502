const LINE_FEED = 0x0a;

/** At a terminal one line is written over, ms between; elsewhere each is a new one, and nobody wants many. */
const TERMINAL_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 10_000;

/** Where progress is told. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Tells how much of a file was sent. */
export class UploadProgress {
  private bytes = 0;
  private lines = 0;
  private toldAt: number | undefined;

  constructor(
    private readonly output: ProgressOutput = process.stderr,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The file is sent from its beginning. */
  begin(): void {
    this.bytes = 0;
    this.lines = 0;
    this.toldAt = this.now();
  }

  add(piece: Buffer): void {
    this.bytes += piece.length;
    for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, at + 1)) this.lines++;
    const interval = this.output.isTTY === true ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
    const now = this.now();
    if (this.toldAt !== undefined && now - this.toldAt < interval) return;
    this.toldAt = now;
    this.tell(this.output.isTTY === true ? '' : '\n');
  }

  /** Nothing more is sent. */
  end(): void {
    if (this.toldAt !== undefined) this.tell('\n');
  }

  private tell(end: string): void {
    const start = this.output.isTTY === true ? '\r' : '';
    this.output.write(`${start}${this.bytes} bytes, ${this.lines} lines sent${end}`);
  }
}
