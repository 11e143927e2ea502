import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { administrationCommands } from './administration/administration-commands.js';
import { migrateCommand } from './administration/migrate-command.js';
import { EXIT_USAGE } from './command-line/exit-error.js';
import { deviceCommand } from './device/device-command.js';
import type { StartArguments } from './start-command.js';

/** The command line. `argv` as in `process.argv`. */
export async function run(argv: readonly string[]): Promise<void> {
  const [, , first = ''] = argv;
  const program = new Command('device-messaging')
    .description('Devices of one customer list each other and call each other.')
    .version(version())
    .exitOverride(({ code, exitCode }) => process.exit(code === 'commander.unknownCommand' ? EXIT_USAGE : exitCode));
  program
    // What is no option was meant for a command: a typing error is told as one.
    .command('start', { isDefault: first === '' || first.startsWith('-') })
    .description('Starts the server. Settings: the environment first, then the configuration file, then the defaults.')
    .helpGroup('Server:')
    .option('--config <file>', 'YAML file with settings')
    .option('--demo', 'start with the demo account, on 127.0.0.1 unless told otherwise')
    .allowExcessArguments(false)
    .action(startCommand);
  program.addCommand(migrateCommand().helpGroup('Server:'));
  program.addCommand(deviceCommand().helpGroup('Devices:'));
  for (const command of administrationCommands()) program.addCommand(command.helpGroup('Administration:'));
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
