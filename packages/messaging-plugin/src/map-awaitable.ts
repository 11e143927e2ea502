import type { Awaitable } from '@device-messaging/plugin-api';

/** Goes on with a value: now when it is there, when it comes otherwise. What is in memory stays synchronous. */
export function mapAwaitable<T, R>(value: Awaitable<T>, map: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromiseLike(value) ? value.then(map) : map(value);
}

function isPromiseLike<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === 'function';
}
