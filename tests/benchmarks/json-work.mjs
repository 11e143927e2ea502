// A process of its own that tells what it costs to validate a JSON text, or to write one.
import { directoryRows } from './load/names.mjs';
import { median } from './statistics.mjs';

const ROUNDS = 15;
const TIMES = 200;

/** CPU time of one call, µs: the median of some rounds, the first of which are for the compiler. */
function cost(work) {
  const rounds = Array.from({ length: 2 * ROUNDS }, () => {
    const before = process.cpuUsage();
    for (let time = 0; time < TIMES; time++) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / TIMES;
  });
  return median(rounds.slice(ROUNDS));
}

/** The server's own scanner is no public part; if it is not where it was, `JSON.parse` must do. */
async function loadScanner() {
  try {
    const { JsonScanner } = await import(
      new URL('json/json-scanner.js', import.meta.resolve('@device-messaging/host-runtime'))
    );
    return new JsonScanner();
  } catch {
    return undefined;
  }
}

const commands = {
  async validate({ text }) {
    const bytes = Buffer.from(text);
    const scanner = await loadScanner();
    if (scanner !== undefined && !scanner.scan(bytes)) throw new Error('The scanner refuses the body');
    return {
      parse: cost(() => JSON.parse(bytes.toString())),
      scan: scanner === undefined ? null : cost(() => scanner.scan(bytes)),
    };
  },
  write() {
    const rows = directoryRows(0);
    return { write: cost(() => Buffer.from(JSON.stringify(rows))) };
  },
};

process.on('message', async ({ command, options }) => {
  try {
    process.send({ result: await commands[command](options) });
  } catch (error) {
    process.send({ error: error.stack });
  }
});
process.on('disconnect', () => process.exit(0));
