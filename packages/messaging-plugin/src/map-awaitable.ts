import { isThenable, type Awaitable } from '@device-messaging/plugin-api';

/** Goes on with a value: now when it is there, when it comes otherwise. What is in memory stays synchronous. */
export function mapAwaitable<T, R>(value: Awaitable<T>, map: (value: T) => Awaitable<R>): Awaitable<R> {
  return isThenable(value) ? value.then(map) : map(value);
}
