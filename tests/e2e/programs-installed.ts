import { describe, test } from '@jest/globals';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs of others that tests run, each with the Debian package that brings it. */
const PACKAGES = {
  chromium: 'chromium',
  'coap-client-notls': 'libcoap3-bin',
  curl: 'curl',
  mosquitto_pub: 'mosquitto-clients',
  mosquitto_rr: 'mosquitto-clients',
  mosquitto_sub: 'mosquitto-clients',
} as const;

export type ForeignProgram = keyof typeof PACKAGES;

/** Where a program is; `undefined`: not on the PATH. */
export function pathOf(program: ForeignProgram): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, program));
  return places.find(isExecutable);
}

/**
 * Declares tests that need programs which a machine may not have. Where CI is set a missing one is a failure; elsewhere
 * it is said aloud, and the tests are not declared.
 */
export function describeWithPrograms(programs: readonly ForeignProgram[], name: string, declare: () => void): void {
  const missing = programs.filter((program) => pathOf(program) === undefined);
  if (missing.length === 0) return describe(name, declare);
  const packages = [...new Set(missing.map((program) => PACKAGES[program]))].join(' ');
  const message = `${missing.join(', ')} not found: sudo apt-get install ${packages}`;
  if (process.env['CI'] === 'true')
    return describe(name, () =>
      test('has its programs', () => {
        throw new Error(message);
      }),
    );
  process.stderr.write(`\n*** "${name}" is not tested here. ${message} ***\n\n`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Neither is what cannot be asked.
    return false;
  }
}
