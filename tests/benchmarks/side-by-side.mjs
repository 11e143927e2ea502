import { ServerUnderLoad } from './server-under-load.mjs';
import { interleaved } from './statistics.mjs';

/**
 * Measures servers that all stay up, each in turn for a short time, again and again: a machine that is fast now and slow
 * in a second is so for all of them.
 * @template {import('./server-under-load.mjs').Subject} S
 * @param {object} what
 * @param {readonly S[]} what.subjects
 * @param {number} what.pairs
 * @param {import('./load/dialects.mjs').Bodies} [what.bodies]
 * @param {import('./modes.mjs').PatientMode} what.mode
 * @param {(subject: S, of: string) => void} what.tell
 * @param {(server: ServerUnderLoad, subject: S) => Promise<unknown>} [what.prepare] before the first measurement
 * @param {(server: ServerUnderLoad, subject: S) => Promise<Record<string, unknown>>} [what.measure]
 */
export async function sideBySide({
  subjects,
  pairs,
  bodies,
  mode,
  tell,
  prepare,
  measure = (server) => server.measure(mode),
}) {
  /** @type {Map<S, ServerUnderLoad>} */
  const servers = new Map();
  try {
    for (const subject of subjects) {
      tell(subject, 'warm-up');
      const server = await ServerUnderLoad.start(subject, pairs, bodies);
      servers.set(subject, server);
      await prepare?.(server, subject);
      await server.run(mode.warmUpMs);
    }
    return await interleaved(mode.repeats, subjects, (subject, of) => {
      tell(subject, of);
      return measure(servers.get(subject), subject);
    });
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  }
}
