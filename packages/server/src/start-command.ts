import 'reflect-metadata';
import { banner } from './banner.js';
import { standardErrorLogger } from './logging/standard-error-logger.js';
import { startServer } from './server.js';
import { readSettings } from './settings/read-settings.js';
import { StartError } from './start-error.js';
import { stopOnSignals } from './stop-on-signals.js';

/** How long closing what is left may take when the calls in flight are done, ms. */
const CLOSING_MS = 1_000;

export interface StartArguments {
  readonly config?: string;
  readonly demo?: boolean;
}

/** `device-messaging start`: runs the server until a signal stops it. */
export async function start({ config, demo = false }: StartArguments, version: string): Promise<void> {
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
    process.stdout.write(banner(version, server, demo));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.lines.join('\n')}\n`);
    process.exitCode = 1;
  }
}
