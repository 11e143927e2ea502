import type { Timers } from '@device-messaging/host-api';
import type { TimersSubject } from '../timers-contract/timers-contract.js';
import { withFaults, type BrokenPart } from '../contract/broken-part.js';

function brokenTimers(
  breaks: string,
  fault: string,
  after: (timers: Timers) => Timers['after'],
): BrokenPart<TimersSubject> {
  return {
    fault,
    breaks,
    spoil: ({ timers, pass }) => ({ timers: withFaults(timers, { after: after(timers) }), pass }),
  };
}

/** Timers for every rule, each with one fault. */
export const BROKEN_TIMERS: readonly BrokenPart<TimersSubject>[] = [
  brokenTimers('TIM-1', 'run a timer early', (timers) => (delay, run) => timers.after(delay / 2, run)),
  brokenTimers('TIM-2', 'do not cancel', (timers) => (delay, run) => {
    timers.after(delay, run);
    return () => undefined;
  }),
  brokenTimers('TIM-3', 'run at once what has no delay', (timers) => (delay, run) => {
    if (delay > 0) return timers.after(delay, run);
    run();
    return () => undefined;
  }),
  brokenTimers(
    'TIM-4',
    'cut long delays',
    (timers) => (delay, run) => timers.after(delay > 2 ** 31 - 1 ? 1 : delay, run),
  ),
];
