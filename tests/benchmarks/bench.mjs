// `npm run bench`: what a round trip costs, next to the floor, in one run. See docs/performance.md.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MeasuredProcess } from './measured-process.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

/** A 20-byte body, quotes included. */
const BODY = JSON.stringify('x'.repeat(18));
const SUBJECTS = [
  { name: 'floor (relay)', program: 'subjects/relay.mjs', dialect: 'relay' },
  { name: 'device-messaging', program: 'subjects/device-messaging.mjs', dialect: 'sendMsg' },
];
const PAIRS = [1, 100, 1_000];
const REPEATS = options.quick ? 1 : 5;
const WARM_UP_MS = options.quick ? 500 : 1_000;
const MEASURE_MS = options.quick ? 1_500 : 3_000;

const rows = [];
for (const pairs of PAIRS) {
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    // Interleaved, so that what the machine does meanwhile meets all of them alike.
    for (const subject of SUBJECTS) {
      process.stderr.write(`\r${pairs} pairs, ${repeat + 1} of ${REPEATS}: ${subject.name.padEnd(30)}`);
      rows.push({ subject: subject.name, pairs, ...(await measure(subject, pairs)) });
    }
  }
}
process.stderr.write('\n');
const table = summarize(rows);
console.table(table);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ table, rows }, undefined, 2)}\n`);

async function measure({ program, dialect }, pairs) {
  const server = new MeasuredProcess(program, [String(pairs)]);
  const { port } = await server.next();
  const load = new MeasuredProcess('load/generator.mjs');
  await load.ask('prepare', { port, dialect, count: pairs, body: BODY });
  await load.ask('run', { ms: WARM_UP_MS });
  const before = server.cpuMicroseconds();
  const { roundTrips, seconds, p50, p99 } = await load.ask('run', { ms: MEASURE_MS });
  const cpu = (server.cpuMicroseconds() - before) / roundTrips;
  await load.stop();
  await server.stop();
  return { cpu, perSecond: roundTrips / seconds, p50, p99 };
}

/** Medians of the repeats, and the ratio to the floor of the same number of pairs. */
function summarize(measured) {
  return PAIRS.flatMap((pairs) =>
    SUBJECTS.map(({ name }) => {
      const of = (subject, member) =>
        median(measured.filter((row) => row.pairs === pairs && row.subject === subject).map((row) => row[member]));
      const cpu = of(name, 'cpu');
      return {
        pairs,
        server: name,
        'CPU µs/round trip': round(cpu),
        '× floor': round(cpu / of(SUBJECTS[0].name, 'cpu')),
        'round trips/s': Math.round(of(name, 'perSecond')),
        'p50 µs': Math.round(of(name, 'p50')),
        'p99 µs': Math.round(of(name, 'p99')),
      };
    }),
  );
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function round(value) {
  return Math.round(value * 100) / 100;
}
