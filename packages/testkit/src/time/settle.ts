import { setImmediate } from 'node:timers/promises';

/** Turns of the event loop that are enough for what streams and promises of one process hand to each other. */
const TURNS = 3;

/** Lets everything run that waits for no time: promises, ticks, streams and immediates. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
}
