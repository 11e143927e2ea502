import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { banner } from './banner.js';
import { deviceCommand } from './device/device-command.js';
import { standardErrorLogger } from './logging/standard-error-logger.js';
import { startServer } from './server.js';
import { readSettings } from './settings/read-settings.js';
import { StartError } from './start-error.js';
import { stopOnSignals } from './stop-on-signals.js';

/** How long closing what is left may take when the calls in flight are done, ms. */
const CLOSING_MS = 1_000;

interface StartArguments {
  readonly config?: string;
  readonly demo?: boolean;
}

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

async function startCommand({ config, demo = false }: StartArguments): Promise<void> {
  try {
    const settings = readSettings({ environment: process.env, configFile: config, demo });
    const logger = standardErrorLogger(settings.logLevel);
    const server = await startServer(settings, { logger, demo });
    stopOnSignals(process, {
      stop: () => server.stop(),
      patienceMs: settings.host.drainTimeoutMs + CLOSING_MS,
      logger,
      now: () => performance.now(),
      after: (delayMs, run) => void setTimeout(run, delayMs).unref(),
    });
    process.stdout.write(banner(version(), server, demo));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.lines.join('\n')}\n`);
    process.exitCode = 1;
  }
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
