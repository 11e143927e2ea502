/** Why the server does not start, for the person who starts it: one line for each reason, each saying what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';

  readonly lines: readonly string[];

  constructor(lines: readonly string[], options?: ErrorOptions) {
    // They quote paths and keys, which may hold line breaks.
    const single = lines.map((line) => line.replace(/\s*[\r\n]+\s*/g, ' '));
    super(single.join('\n'), options);
    this.lines = single;
  }
}
