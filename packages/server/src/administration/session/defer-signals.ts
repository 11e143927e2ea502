const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs something short that must not be broken off: a signal that comes meanwhile acts afterwards. */
export async function deferSignals<T>(task: () => Promise<T>): Promise<T> {
  let received: NodeJS.Signals | undefined;
  const note = (signal: NodeJS.Signals): void => void (received = signal);
  for (const signal of ENDING) process.on(signal, note);
  try {
    return await task();
  } finally {
    for (const signal of ENDING) process.off(signal, note);
    if (received !== undefined) process.kill(process.pid, received);
  }
}
