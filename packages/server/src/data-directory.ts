import { accessSync, constants, mkdirSync } from 'node:fs';
import { StartError } from './start-error.js';

/**
 * Makes the directory when it is missing.
 * @throws StartError when it cannot be made or written.
 */
export function prepareDataDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new StartError(
      [`The data directory ${path} cannot be written (${code}). Make it writable or set DATA_DIR.`],
      {
        cause,
      },
    );
  }
}
