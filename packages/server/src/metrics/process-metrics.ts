import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/**
 * Metrics of prom-client that make a list of every connection, or of every open file, to tell how many there are: with
 * 10,000 of them a scrape holds everybody up for 90 ms instead of 10. Sessions are told by the host.
 */
const COSTLY = [
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
  'process_open_fds',
];

const OPEN_FILES = '/proc/self/fd';

let registry: Registry | undefined;

/**
 * CPU, memory, garbage collection, event loop and version of the process, by the names that every dashboard of Node.js
 * knows. One for the process, from the first time on that somebody asks: what watches its event loop wakes up a hundred
 * times a second, and cannot be switched off again.
 */
export function processMetrics(): Promise<string> {
  registry ??= createRegistry();
  return registry.metrics();
}

function createRegistry(): Registry {
  const created = new Registry();
  collectDefaultMetrics({ register: created });
  for (const name of COSTLY) created.removeSingleMetric(name);
  if (tellsOpenFiles()) {
    new Gauge({
      name: 'process_open_fds',
      help: 'Number of open file descriptors.',
      registers: [created],
      async collect() {
        this.set((await stat(OPEN_FILES)).size);
      },
    });
  }
  return created;
}

/** Linux from 6.2 on says how many there are without listing them. */
function tellsOpenFiles(): boolean {
  return (statSync(OPEN_FILES, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
