/** Exit codes of what is not the server: it failed, or it was used wrongly and nothing was sent. */
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** Ends a command with one line for people and an exit code for scripts. */
export class ExitError extends Error {
  override readonly name = 'ExitError';

  constructor(
    readonly exitCode: typeof EXIT_FAILED | typeof EXIT_USAGE,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
