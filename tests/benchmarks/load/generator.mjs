// The load: a process of its own that keeps one round trip under way on each of many pairs of connections.
// Its event loop never sleeps: a server that must wake a sleeping reader pays for that with every write, and would
// look up to twice as slow as it is. Told what to do by IPC, answers by IPC.
import { once } from 'node:events';
import { connect } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { DIALECTS } from './dialects.mjs';
import { PacketSplitter } from './mqtt-bytes.mjs';

const CONNECTIONS_AT_ONCE = 100;

function spin() {
  setImmediate(spin);
}
spin();

let isRunning = false;
let roundTrips = 0;
let histogram = createHistogram();

class Pair {
  constructor(index, dialect, body) {
    this.request = dialect.request(index, body);
    this.replyTo = dialect.replier(index, body);
    this.startedAt = 0n;
    this.isUnderWay = false;
    /** Round trips are started by a clock instead of by the one before, when a rate is asked for. */
    this.isPaced = false;
  }

  attach(caller, target) {
    this.caller = caller;
    caller.socket.on('data', (chunk) => caller.splitter.push(chunk));
    caller.splitter.onPacket = () => this.answered();
    target.splitter.onPacket = (packet) => target.socket.write(this.replyTo(packet));
  }

  start() {
    this.isUnderWay = true;
    this.startedAt = process.hrtime.bigint();
    this.caller.socket.write(this.request);
  }

  answered() {
    this.isUnderWay = false;
    if (!isRunning) return;
    roundTrips++;
    histogram.record(process.hrtime.bigint() - this.startedAt);
    if (!this.isPaced) this.start();
  }
}

/** Opens a connection and waits for what the server says to its hello. */
async function open(port, { hello, awaits }) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  socket.on('error', (error) => process.send({ error: error.message }));
  let packets = 0;
  let isReady = () => undefined;
  const ready = new Promise((resolve) => (isReady = resolve));
  const splitter = new PacketSplitter(() => {
    if (++packets === awaits) isReady();
  });
  socket.on('data', (chunk) => splitter.push(chunk));
  if (hello.length > 0) socket.write(hello);
  if (awaits > 0) await ready;
  return { socket, splitter };
}

const pairs = [];

async function prepare({ port, dialect: name, count, body }) {
  const dialect = DIALECTS[name];
  const started = process.hrtime.bigint();
  const openPair = async (index) => {
    const caller = await open(port, dialect.caller(index));
    const target = await open(port, dialect.target(index));
    const pair = new Pair(index, dialect, body);
    caller.socket.removeAllListeners('data');
    pair.attach(caller, target);
    pairs[index] = pair;
  };
  // The relay joins connections in the order in which they come.
  const atOnce = name === 'relay' ? 1 : CONNECTIONS_AT_ONCE;
  for (let from = 0; from < count; from += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => openPair(from + at)));
  }
  return { connectMs: Number(process.hrtime.bigint() - started) / 1e6 };
}

/** Runs for some time and tells what was done in it. `rate`: round trips a second, over all pairs. */
async function run({ ms, rate }) {
  histogram = createHistogram();
  roundTrips = 0;
  isRunning = true;
  const started = process.hrtime.bigint();
  for (const pair of pairs) pair.isPaced = rate !== undefined;
  if (rate === undefined) for (const pair of pairs) if (!pair.isUnderWay) pair.start();
  if (rate !== undefined) pace(rate, started);
  await new Promise((resolve) => setTimeout(resolve, ms));
  isRunning = false;
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const percentile = (p) => Number(histogram.percentile(p)) / 1e3;
  return { roundTrips, seconds, p50: percentile(50), p99: percentile(99), max: Number(histogram.max) / 1e3 };
}

/** Starts round trips evenly, on whichever pair is free. */
function pace(rate, started) {
  let begun = 0;
  let next = 0;
  const step = () => {
    if (!isRunning) return;
    const due = Math.floor((Number(process.hrtime.bigint() - started) / 1e9) * rate);
    for (let tries = pairs.length; begun < due && tries > 0; tries--) {
      const pair = pairs[next++ % pairs.length];
      if (pair.isUnderWay) continue;
      pair.start();
      begun++;
    }
    setImmediate(step);
  };
  step();
}

const commands = { prepare, run };

process.on('message', ({ command, options }) => {
  commands[command](options).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: error.stack }),
  );
});
process.on('disconnect', () => process.exit(0));
