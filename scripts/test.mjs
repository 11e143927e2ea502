// `npm test`: all tests, from a fresh clone on. Arguments after `--` go to jest.
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { runNode } from './run.mjs';

/**
 * Runs jest. Its worker processes need the flag too, hence the environment.
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
export function jest(args) {
  const options = [process.env['NODE_OPTIONS'], '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return runNode('node_modules/jest/bin/jest.js', args, { NODE_OPTIONS: options.filter(Boolean).join(' ') });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = (await prepare()) || (await jest(process.argv.slice(2)));
}
