import { ServerUnderLoad } from './server-under-load.mjs';
import { interleaved } from './statistics.mjs';

/**
 * @template {import('./server-under-load.mjs').Subject} S
 * @typedef {object} Comparison
 * @property {readonly S[]} subjects
 * @property {number} pairs
 * @property {import('./load/dialects.mjs').Bodies} [bodies]
 * @property {import('./modes.mjs').PatientMode} mode
 * @property {(subject: S, of: string) => void} tell
 * @property {(server: ServerUnderLoad, subject: S) => Promise<unknown>} [prepare] before the first measurement
 * @property {(server: ServerUnderLoad, subject: S) => Promise<Record<string, unknown>>} [measure]
 */

/**
 * Measures servers that are up at the same time, each in turn for a short time, again and again: a machine that is fast
 * now and slow in a second is so for all of them. Then all of them anew, some times: what a process was lucky with (the
 * compiler's decisions, the places of its memory) stays with it for life.
 * @template {import('./server-under-load.mjs').Subject} S
 * @param {Comparison<S>} comparison
 */
export async function sideBySide(comparison) {
  const { rounds } = comparison.mode;
  const runs = [];
  for (let round = 1; round <= rounds; round++) {
    const measured = await measureRound(comparison, `round ${round} of ${rounds}`);
    // A repeat compares what was measured in it.
    runs.push(...measured.map((run) => ({ ...run, repeat: `${round}.${run.repeat}` })));
  }
  return runs;
}

/**
 * @template {import('./server-under-load.mjs').Subject} S
 * @param {Comparison<S>} comparison
 * @param {string} round
 */
async function measureRound({ subjects, pairs, bodies, mode, tell, prepare, measure }, round) {
  /** @type {Map<S, ServerUnderLoad>} */
  const servers = new Map();
  try {
    for (const subject of subjects) {
      tell(subject, `${round}, warm-up`);
      const server = await ServerUnderLoad.start(subject, pairs, bodies);
      servers.set(subject, server);
      await prepare?.(server, subject);
      await server.run(mode.warmUpMs);
    }
    return await interleaved(mode.repeats, subjects, (subject, of) => {
      tell(subject, `${round}, ${of}`);
      const server = servers.get(subject);
      return measure === undefined ? server.measure(mode) : measure(server, subject);
    });
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  }
}
