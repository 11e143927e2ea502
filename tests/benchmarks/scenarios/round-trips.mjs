// Lines 1 and 2 of the budget: what a round trip costs, and how long it takes.
import { sideBySide } from '../side-by-side.mjs';
import { medianOf, ratioOf } from '../statistics.mjs';
import { AEDES, FLOOR, OURS, SUBJECTS } from '../subjects.mjs';

const PAIRS = [1, 100, 1_000];
/** With so many pairs the server is also measured at half of its peak rate. */
const PACED_PAIRS = 100;

/** @param {import('../modes.mjs').PatientMode} mode @param {import('../report/progress.mjs').Progress} progress */
export async function measureRoundTrips(mode, progress) {
  const runs = [];
  for (const pairs of PAIRS) {
    const measured = await sideBySide({
      subjects: SUBJECTS,
      pairs,
      mode,
      tell: (subject, of) => progress.step(`round trips, ${pairs} pairs, ${of}: ${subject.name}`),
      measure: (server) => measureOne(server, pairs, mode),
    });
    runs.push(...measured);
  }
  return { runs, tables: [roundTripTable(runs), pacedTable(runs)], verdicts: verdicts(runs) };
}

async function measureOne(server, pairs, mode) {
  const peak = await server.measure(mode);
  if (pairs !== PACED_PAIRS) return { pairs, ...peak };
  const { perSecond, p50, p95, p99 } = await mode.patience.quietest(() => server.run(mode.pacedMs, peak.perSecond / 2));
  const paced = { pacedPerSecond: perSecond, pacedP50: p50, pacedP95: p95, pacedP99: p99, pacedTail: p99 / p50 };
  return { pairs, ...peak, ...paced };
}

function ratio(runs, pairs, member, subject, other) {
  return ratioOf(
    runs.filter((run) => run.pairs === pairs),
    member,
    subject,
    other.name,
  );
}

function roundTripTable(runs) {
  const rows = PAIRS.flatMap((pairs) =>
    SUBJECTS.map(({ name: subject }) => {
      const of = (member) => medianOf(runs, { pairs, subject }, member);
      return {
        pairs: String(pairs),
        server: subject,
        'CPU µs/round trip': of('cpu'),
        '× floor': ratio(runs, pairs, 'cpu', subject, FLOOR),
        '× Aedes': ratio(runs, pairs, 'cpu', subject, AEDES),
        'round trips/s': of('perSecond'),
        'p50 µs': of('p50'),
        'p99 µs': of('p99'),
        'server busy %': of('serverBusy') * 100,
        'load busy %': of('loadBusy') * 100,
      };
    }),
  );
  return { title: 'A sendMsg round trip, as many as possible', rows };
}

function pacedTable(runs) {
  const rows = SUBJECTS.map(({ name: subject }) => {
    const of = (member) => medianOf(runs, { pairs: PACED_PAIRS, subject }, member);
    return {
      pairs: String(PACED_PAIRS),
      server: subject,
      'round trips/s': of('pacedPerSecond'),
      'p50 µs': of('pacedP50'),
      'p95 µs': of('pacedP95'),
      'p99 µs': of('pacedP99'),
      'p99 ÷ p50': of('pacedTail'),
    };
  });
  return { title: 'At half of the peak rate', rows };
}

/** @returns {import('../report/verdict.mjs').Verdict[]} */
function verdicts(runs) {
  const ours = (pairs, member, other) => ratio(runs, pairs, member, OURS.name, other);
  const tail = ({ name: subject }) => medianOf(runs, { pairs: PACED_PAIRS, subject }, 'pacedTail');
  const cpu = [100, 1_000].flatMap((pairs) => [
    { line: 1, what: `CPU, ${pairs} pairs`, limit: 1.5, measured: ours(pairs, 'cpu', FLOOR), unit: '× floor' },
    { line: 1, what: `CPU, ${pairs} pairs`, limit: 0.7, measured: ours(pairs, 'cpu', AEDES), unit: '× Aedes' },
  ]);
  return [
    ...cpu,
    { line: 2, what: 'p50, 1 pair', limit: 1.5, measured: ours(1, 'p50', FLOOR), unit: '× floor' },
    {
      line: 2,
      what: 'p99 at half of the peak rate, 100 pairs',
      limit: 3,
      measured: tail(OURS),
      unit: '× p50',
      remark: `the floor itself: ${tail(FLOOR).toFixed(1)}`,
    },
  ];
}
