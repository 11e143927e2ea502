import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';

/** Real ms for which a rule waits for what must happen, before it says that it did not. */
export const DEFAULT_PATIENCE_MS = 2_000;

/** Waits, on the real clock, until something is so; fails with `what` when it takes too long. */
export async function eventually(
  isSo: () => boolean,
  what: string,
  patienceMs: number = DEFAULT_PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > end) assert.fail(`${what} did not happen within ${patienceMs} ms`);
    await setImmediate();
  }
}

/** The promise's value; fails with `what` when it takes too long on the real clock. */
export async function within<T>(
  promise: PromiseLike<T>,
  what: string,
  patienceMs: number = DEFAULT_PATIENCE_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new assert.AssertionError({ message: `${what} did not happen within ${patienceMs} ms` });
    timer = setTimeout(() => reject(error), patienceMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
