import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';

/** Real ms for which a rule waits for what must happen, before it says that it did not. */
export const DEFAULT_PATIENCE_MS = 2_000;

/** Turns of the event loop that a rule waits at least: a process that was not run for a while has not had its time. */
const MIN_TURNS = 100;

/** Waits, on the real clock, until something is so; fails with `what` when it takes too long. */
export async function eventually(
  isSo: () => boolean,
  what: string,
  patienceMs: number = DEFAULT_PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + patienceMs;
  for (let turn = 0; !isSo(); turn++) {
    if (turn >= MIN_TURNS && performance.now() > end) assert.fail(`${what} did not happen within ${patienceMs} ms`);
    await setImmediate();
  }
}

/** The promise's value; fails with `what` when it takes too long on the real clock. */
export async function within<T>(
  promise: PromiseLike<T>,
  what: string,
  patienceMs: number = DEFAULT_PATIENCE_MS,
): Promise<T> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  await eventually(() => isSettled, what, patienceMs);
  return promise;
}
