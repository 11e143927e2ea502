const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Ending = (typeof ENDING)[number];

/** What is needed of a process; `process` is one. */
export interface SignalledProcess {
  readonly pid: number;
  on(signal: Ending, handle: (signal: Ending) => void): unknown;
  off(signal: Ending, handle: (signal: Ending) => void): unknown;
  kill(pid: number, signal: Ending): unknown;
}

/** Runs something short that must not be broken off: a signal that comes meanwhile acts afterwards. */
export async function deferSignals<T>(task: () => Promise<T>, on: SignalledProcess = process): Promise<T> {
  let received: Ending | undefined;
  const note = (signal: Ending): void => void (received = signal);
  for (const signal of ENDING) on.on(signal, note);
  try {
    return await task();
  } finally {
    for (const signal of ENDING) on.off(signal, note);
    if (received !== undefined) on.kill(on.pid, received);
  }
}
