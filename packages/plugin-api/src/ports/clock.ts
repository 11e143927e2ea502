/** Port: the time. Injected so that tests own it. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
}

export const Clock: unique symbol = Symbol.for('device-messaging:Clock');
