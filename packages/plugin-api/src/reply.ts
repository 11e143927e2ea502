import type { Observable } from 'rxjs';

/** A value now, or the promise of one. Ports use it so that what is in memory stays synchronous. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Whether a value has to be waited for: whether it is an object with a `then` method, and by nothing else. */
export function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/**
 * What a handler may answer with: a value, a promise of one, or a cold observable whose first value is the reply
 * (it is unsubscribed right after it).
 *
 * The three are told apart by `isObservable` and by the presence of a `then` method, and by nothing else: an array
 * or a string is a value. `undefined`, and an observable that completes empty, mean "no reply"; the caller is then
 * told that its message was processed without a response.
 */
export type Reply<T> = Awaitable<T> | Observable<T>;
