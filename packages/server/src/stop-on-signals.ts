import { constants } from 'node:os';
import type { Logger } from '@device-messaging/plugin-api';

/** What is needed of a process; `process` is one. */
export interface SignalledProcess {
  on(signal: 'SIGINT' | 'SIGTERM', handle: () => void): unknown;
  exit(code: number): void;
}

/** How a server is to be stopped. */
export interface StopOptions {
  readonly stop: () => Promise<void>;
  /** Ms from the first signal to the end of patience. */
  readonly patienceMs: number;
  readonly logger: Logger;
  /** Epoch ms. */
  readonly now: () => number;
  /** Runs `run` after `delayMs`, without keeping the process alive. */
  readonly after: (delayMs: number, run: () => void) => void;
}

/**
 * A terminal sends Ctrl-C to every process in front of it, and npm passes on what it gets: one key press may arrive
 * twice. What follows this soon is the same press.
 */
const SAME_PRESS_MS = 500;

/**
 * The first SIGINT or SIGTERM stops the server cleanly: the process ends with 0 when nothing keeps it alive any more,
 * and with 1 when that takes longer than `patienceMs`. A second signal ends it at once, with 128 and the signal's
 * number, as shells count.
 */
export function stopOnSignals(process: SignalledProcess, options: StopOptions): void {
  let first: number | undefined;
  const handle = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (first === undefined) {
      first = options.now();
      stop(process, options);
    } else if (options.now() - first >= SAME_PRESS_MS) {
      process.exit(128 + constants.signals[signal]);
    }
  };
  process.on('SIGINT', () => handle('SIGINT'));
  process.on('SIGTERM', () => handle('SIGTERM'));
}

function stop(process: SignalledProcess, { stop, patienceMs, logger, after }: StopOptions): void {
  logger.info('Stopping; a second signal stops at once');
  after(patienceMs, () => {
    logger.error('The server did not stop in time', { patienceMs });
    process.exit(1);
  });
  stop().then(
    () => logger.info('Stopped'),
    (error: unknown) => {
      logger.error('The server failed to stop', { error });
      process.exit(1);
    },
  );
}
