import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { deviceCommand } from './device/device-command.js';
import type { StartArguments } from './start-command.js';

/** The command line. `argv` as in `process.argv`. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('device-messaging')
    .description('Devices of one customer list each other and call each other.')
    .version(version());
  program
    .command('start', { isDefault: true })
    .description('Starts the server. Settings: the environment first, then the configuration file, then the defaults.')
    .option('--config <file>', 'YAML file with settings')
    .option('--demo', 'start with the demo account, on 127.0.0.1 unless told otherwise')
    .allowExcessArguments(false)
    .action(startCommand);
  program.addCommand(deviceCommand());
  await program.parseAsync(argv);
}

async function startCommand(args: StartArguments): Promise<void> {
  // Loaded when it is wanted: a server takes a second to load, which every `device` command would take longer.
  const { start } = await import('./start-command.js');
  await start(args, version());
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
