import type { Clock } from '@device-messaging/plugin-api';

/** Stops a timer; once it has fired, does nothing. */
export type CancelTimer = () => void;

/** The time and what is due in it. One implementation runs on the system's clock, one is turned by tests. */
export interface Timers extends Clock {
  /** Runs `run` once, not earlier than `delayMs` from now. A pending timer does not keep the process alive. */
  after(delayMs: number, run: () => void): CancelTimer;
}

export const Timers: unique symbol = Symbol.for('device-messaging:Timers');
