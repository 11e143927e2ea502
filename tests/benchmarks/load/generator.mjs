// The load: a process of its own that keeps round trips under way on many pairs of connections. Told what to do by
// IPC, answers by IPC.
import { performance } from 'node:perf_hooks';
import { waitingCaller } from './dialects.mjs';
import { AwakeEventLoop } from './event-loop.mjs';
import { Pair } from './pair.mjs';
import { PAIRS } from './pairs.mjs';
import { Run } from './run.mjs';

/** Fewer than any server's backlog: a connection that is dropped there is tried again after a whole second. */
const OPENED_AT_ONCE = 50;

/** @type {import('./pairs.mjs').RoundTripper[]} */
const pairs = [];
/** @type {Run} */
let currentRun = new Run([]);

let fail = (_error) => undefined;
/** Rejects with the first thing that goes wrong, whatever is being done. */
const failed = new Promise((_resolve, reject) => (fail = reject));
// Whoever asks for something races with it; while nobody does, it must not end the process as an unhandled rejection.
failed.catch(() => undefined);

const owner = { onAnswer: (pair, now) => currentRun.answered(pair, now), onFailure: fail };

/** @param {{ port: number, dialect: string, count: number, bodies: import('./dialects.mjs').Bodies }} options */
async function open({ port, dialect: name, count, bodies }) {
  const makePair = PAIRS[name];
  const first = pairs.length;
  for (let at = first; at < first + count; at++) pairs.push(makePair(at, bodies, owner));
  const loop = new AwakeEventLoop();
  loop.stayAwake();
  const startedAt = performance.now();
  let next = first;
  const openOneByOne = async () => {
    while (next < pairs.length) {
      const index = next++;
      await pairs[index].open(port);
    }
  };
  // The relay joins connections in the order in which they come.
  await Promise.all(Array.from({ length: name === 'relay' ? 1 : OPENED_AT_ONCE }, openOneByOne));
  loop.letSleep();
  return { connectMs: performance.now() - startedAt };
}

/** @param {{ ms: number, rate?: number }} options */
function run(options) {
  currentRun = new Run(pairs);
  return currentRun.during(options);
}

/** Messages that wait for the targets of pairs that take no part in the runs. */
async function hold({ port, first, callers, each, timeout }) {
  const waiting = Array.from(
    { length: callers },
    (_, at) => new Pair(waitingCaller(first + at, { each, timeout }), owner),
  );
  for (const pair of waiting) await pair.open(port);
  for (const pair of waiting) pair.caller.write(pair.script.request);
}

const commands = { open, run, hold };

process.on('message', ({ command, options }) => {
  Promise.race([commands[command](options), failed]).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: error.stack }),
  );
});
process.on('disconnect', () => process.exit(0));
