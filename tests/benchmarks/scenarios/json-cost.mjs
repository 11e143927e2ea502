import { pin, SERVER_CORES } from '../cores.mjs';
import { MeasuredProcess } from '../measured-process.mjs';

/** What `json-work.mjs` measures, in a process of its own. @returns {Promise<Record<string, number | null>>} CPU µs */
export async function jsonCost(command, options) {
  const work = new MeasuredProcess('json-work.mjs');
  try {
    pin(work.pid, SERVER_CORES);
    return await work.ask(command, options);
  } finally {
    await work.stop();
  }
}
