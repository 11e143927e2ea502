import type { Command } from 'commander';
import { EXIT_FAILED } from '../command-line/exit-error.js';
import { newCommand } from './administration-arguments.js';

interface MigrateArguments {
  readonly config?: string;
}

/** `migrate`: for those who want it done before the server starts, which does it as well. */
export function migrateCommand(): Command {
  return newCommand('migrate')
    .description("Brings the database's schema up to date. (The server does so at its start, too.)")
    .option('--config <file>', 'YAML file with settings, as of start')
    .allowExcessArguments(false)
    .action(migrate);
}

async function migrate({ config }: MigrateArguments): Promise<void> {
  // Loaded when it is wanted: what reads settings and databases takes a while to load.
  const { StartError } = await import('../start-error.js');
  try {
    const { migrateStore } = await import('./migrate-store.js');
    process.stdout.write(`${await migrateStore(config)}\n`);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.lines.join('\n')}\n`);
    process.exitCode = EXIT_FAILED;
  }
}
