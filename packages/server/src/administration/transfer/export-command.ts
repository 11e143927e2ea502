import { createWriteStream, renameSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { EXIT_FAILED, ExitError } from '../../command-line/exit-error.js';
import { administer } from '../administer.js';
import { addAuthorityOption, newCommand, type AdministrationArguments } from '../administration-arguments.js';
import { note } from '../output/print.js';

/** How long the next part may take, ms. */
const PATIENCE_MS = 120_000;

type ExportArguments = AdministrationArguments & { readonly output?: string };

/** `export`. */
export function exportCommand(): Command {
  return addAuthorityOption(newCommand('export'))
    .description('Writes everything that a tenant has, as JSON that "import" takes.')
    .option('--output <file>', 'to this file, which only you can read, instead of standard output')
    .action((args: ExportArguments) =>
      administer(args, async (client) => {
        const file = await client.stream({ method: 'GET', path: '/export', patienceMs: PATIENCE_MS });
        if (args.output === undefined) await unbroken(pipeline(file, process.stdout, { end: false }));
        else await write(file, args.output);
      }),
    );
}

/** A file of that name is the one before or the new one, whole. */
async function write(file: IncomingMessage, path: string): Promise<void> {
  const beside = `${path}.${process.pid}.part`;
  try {
    // It holds digests of tokens: short ones can be guessed from them.
    await unbroken(pipeline(file, createWriteStream(beside, { mode: 0o600, flags: 'wx', flush: true })));
    renameSync(beside, path);
    note(`${path} holds everything that the tenant has, digests of tokens included: keep it as you keep passwords.`);
  } catch (error) {
    rmSync(beside, { force: true });
    if (error instanceof ExitError) throw error;
    throw new ExitError(EXIT_FAILED, `${path} cannot be written: ${(error as Error).message}`);
  }
}

async function unbroken(copying: Promise<void>): Promise<void> {
  try {
    await copying;
  } catch (error) {
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    // Of the file that is written.
    if (syscall === 'open' || syscall === 'write' || syscall === 'fsync' || code === 'EPIPE') throw error;
    throw new ExitError(EXIT_FAILED, `The export broke off (${message}): what came of it is not whole.`);
  }
}
