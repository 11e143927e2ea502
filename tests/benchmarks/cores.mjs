import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

/** The load's core is nobody else's: a scheduler may leave two busy processes on one core for seconds. */
const LAST = cpus().length - 1;
export const LOAD_CORES = String(LAST);
export const SERVER_CORES = LAST === 0 ? '0' : `0-${LAST - 1}`;

/**
 * Keeps a process, all its threads, on some cores; does nothing where there is no `taskset` (util-linux).
 * @param {number} pid
 * @param {string} cores `'0-2'`
 */
export function pin(pid, cores) {
  spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', cores, String(pid)]);
}
