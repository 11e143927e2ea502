/** Why the server does not start, for the person who starts it: one line for each reason, each saying what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(
    readonly lines: readonly string[],
    options?: ErrorOptions,
  ) {
    super(lines.join('\n'), options);
  }
}
