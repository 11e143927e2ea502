import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { settle } from '../time/settle.js';

/** How many timers of Node a piece of code leaves running. Also those that do not keep the process alive. */
export async function timersLeftBy(run: () => Promise<void>): Promise<number> {
  const running = new Set<number>();
  // The timers of whoever else runs in this process are not the code's.
  const inside = new AsyncLocalStorage<true>();
  const hook = createHook({
    init: (asyncId, type) => {
      if (type === 'Timeout' && inside.getStore() === true) running.add(asyncId);
    },
    destroy: (asyncId) => running.delete(asyncId),
  });
  hook.enable();
  try {
    await inside.run(true, run);
    // Node tells of an ended timer some turns later.
    await settle();
    return running.size;
  } finally {
    hook.disable();
  }
}
