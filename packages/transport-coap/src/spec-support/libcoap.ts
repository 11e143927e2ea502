import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, test } from '@jest/globals';

/** What libcoap's client is called by those who package it, without TLS or with it. */
const NAMES = ['coap-client-notls', 'coap-client'];

const program = NAMES.find((name) => spawnSync(name, ['-h']).error === undefined);

/**
 * Declares tests with libcoap's client. Where it is missing there are none of them, and a line says so; CI must have it.
 */
export function describeWithLibcoap(title: string, declare: () => void): void {
  if (program !== undefined) {
    describe(title, declare);
  } else if (process.env['CI'] === 'true') {
    test(title, () => {
      throw new Error(`CI needs libcoap's client, but there is no ${NAMES.join(' and no ')}`);
    });
  } else {
    process.stderr.write(`\n!!! NOT TESTED: ${title}: install ${NAMES[0]} (Debian: libcoap3-bin)\n\n`);
  }
}

/** Runs the client; gives what it printed: payloads on `stdout`, error responses on `stderr`. */
export function runLibcoap(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  if (program === undefined) throw new Error('describeWithLibcoap declares tests only where there is a client');
  return promisify(execFile)(program, args, { timeout: 15_000 });
}
