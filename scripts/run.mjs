import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The repository's root directory. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a Node.js script in the repository's root, on this process's terminal, and passes signals on to it.
 * @param {string} script path from the root
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to this process's environment
 * @returns {Promise<number>} the exit code; 128 + n after signal n, as shells count
 */
export function runNode(script, args, env = {}) {
  return run(process.execPath, [script, ...args], env);
}

/**
 * Runs npm in the repository's root.
 * @param {readonly string[]} args
 * @returns {Promise<number>} see {@link runNode}
 */
export function runNpm(args) {
  // npm names its own script to what it runs; outside of it the command on the path has to do.
  const npm = process.env['npm_execpath'];
  return npm === undefined ? run('npm', args) : run(process.execPath, [npm, ...args]);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>}
 */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => void child.kill(signal);
    process.on('SIGINT', passOn).on('SIGTERM', passOn);
    const finish = () => process.off('SIGINT', passOn).off('SIGTERM', passOn);
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      finish();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}
