import { DeadlineQueue, Expirable } from './deadline-queue.js';

/** A piece of foreign code did not finish in time. */
export class HookTimeoutError extends Error {
  override readonly name = 'HookTimeoutError';

  constructor(what: string, timeoutMs: number) {
    super(`${what} took longer than ${timeoutMs} ms`);
  }
}

class HookDeadline extends Expirable {
  constructor(
    private readonly reject: (error: HookTimeoutError) => void,
    private readonly what: string,
    private readonly timeoutMs: number,
  ) {
    super();
  }

  expire(): void {
    this.reject(new HookTimeoutError(this.what, this.timeoutMs));
  }
}

/** The result of foreign code, or a {@link HookTimeoutError}: whatever comes later than that is ignored. */
export function withinDeadline<T>(
  work: PromiseLike<T>,
  what: string,
  timeoutMs: number,
  deadlines: DeadlineQueue,
  now: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const deadline = new HookDeadline(reject, what, timeoutMs);
    deadlines.set(deadline, now + timeoutMs);
    work.then(
      (value) => {
        deadlines.clear(deadline);
        resolve(value);
      },
      (error: unknown) => {
        deadlines.clear(deadline);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
