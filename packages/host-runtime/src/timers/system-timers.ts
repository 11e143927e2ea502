import type { CancelTimer, Timers } from '@device-messaging/host-api';

/** What `setTimeout` can wait for; it takes anything longer for 1 ms. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The system's clock and timers. Pending timers do not keep the process alive; delays may be of any length. */
export class SystemTimers implements Timers {
  now(): number {
    return Date.now();
  }

  after(delayMs: number, run: () => void): CancelTimer {
    // The monotonic clock: a step of the system's clock must not stretch or cut a delay.
    const due = performance.now() + delayMs;
    let timeout: NodeJS.Timeout;
    const wake = (): void => {
      // Node may wake a timer a fraction of a millisecond early, and long delays come in several parts.
      const rest = due - performance.now();
      if (rest <= 0) run();
      else arm(rest);
    };
    const arm = (rest: number): void => {
      timeout = setTimeout(wake, Math.min(Math.ceil(rest), MAX_TIMEOUT_MS)).unref();
    };
    arm(Math.max(0, delayMs));
    return () => clearTimeout(timeout);
  }
}
