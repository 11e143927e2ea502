import { ExitError } from './exit-error.js';

/**
 * Runs a command; a failure that is no bug becomes lines for people and an exit code for scripts.
 * @param failureOf what a failure is to the person at the terminal: an `ExitError`, or the failure itself
 */
export async function runCommand(
  command: () => Promise<void>,
  failureOf: (error: unknown) => unknown = (error) => error,
): Promise<void> {
  process.stdout.on('error', endQuietlyWithReader);
  try {
    await command();
  } catch (error) {
    const failure = failureOf(error);
    if (!(failure instanceof ExitError)) throw failure;
    process.stderr.write(`${failure.message}\n`);
    process.exitCode = failure.exitCode;
  }
}

/** `… | head -1`: whoever read has enough. */
function endQuietlyWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
