import { EXIT_FAILED } from '../command-line/exit-error.js';

/** Prints an answer as it came; one that is an error of the device API makes the exit code 1. */
export function printAnswer(answer: string): void {
  process.stdout.write(`${answer}\n`);
  if (isError(answer)) process.exitCode = EXIT_FAILED;
}

/** Whether an answer is `{"error":"<text>"}`. A device that replies this means it, too. */
export function isError(answer: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    return false;
  }
  return typeof (value as { error?: unknown } | null)?.error === 'string';
}
