import { DatabaseError } from './database-error.js';

/** The promise's outcome, or a DatabaseError BUSY when it takes too long; what the database does then is its own end. */
export function withDeadline<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const expire = (): void => reject(new DatabaseError('BUSY', `The database did not answer within ${timeoutMs} ms`));
    const timer = setTimeout(expire, timeoutMs);
    // Whatever is asked keeps the process alive by itself.
    timer.unref();
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
