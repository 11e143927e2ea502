// Line 8 of the budget: a round trip costs the same whether the registry is in memory or in a database behind its cache.
import { sideBySide } from '../side-by-side.mjs';
import { medianOf, ratioOf } from '../statistics.mjs';
import { AEDES, FLOOR, OURS } from '../subjects.mjs';

const PAIRS = [100, 1_000];
/** What the database may add: what is known is answered from memory, and all else is not asked twice. */
const LIMIT = 1.05;

/** @type {import('../server-under-load.mjs').Subject} */
const IN_MEMORY = { ...OURS, name: 'in memory' };
/** @type {import('../server-under-load.mjs').Subject} */
const IN_SQLITE = { ...OURS, name: 'SQLite behind the cache', setup: { registry: 'sqlite', known: true } };
/**
 * All devices connect at once to a server that knows none of them. What belongs to one device is then made bit by bit,
 * between the answers of the database, and lies scattered in memory for long.
 * @type {import('../server-under-load.mjs').Subject}
 */
const COLD_START = { ...OURS, name: 'SQLite, cold start', setup: { registry: 'sqlite' } };
/** Tells how much a difference must be to be one. @type {import('../server-under-load.mjs').Subject} */
const CONTROL = { ...OURS, name: 'in memory, once more' };
const SUBJECTS = [FLOOR, IN_MEMORY, IN_SQLITE, COLD_START, CONTROL, AEDES];

/** @param {import('../modes.mjs').PatientMode} mode @param {import('../report/progress.mjs').Progress} progress */
export async function measureRegistry(mode, progress) {
  const runs = [];
  for (const pairs of PAIRS) {
    const measured = await sideBySide({
      subjects: SUBJECTS,
      pairs,
      mode,
      tell: (subject, of) => progress.step(`registries, ${pairs} pairs, ${of}: ${subject.name}`),
    });
    runs.push(...measured.map((run) => ({ pairs, ...run })));
  }
  return { runs, tables: [table(runs)], verdicts: PAIRS.flatMap((pairs) => verdicts(runs, pairs)) };
}

function ratio(runs, pairs, subject, other) {
  const ofPairs = runs.filter((run) => run.pairs === pairs);
  return ratioOf(ofPairs, 'cpu', subject.name, other.name);
}

function table(runs) {
  const rows = PAIRS.flatMap((pairs) =>
    SUBJECTS.map((subject) => {
      const of = (member) => medianOf(runs, { pairs, subject: subject.name }, member);
      return {
        pairs: String(pairs),
        registry: subject === FLOOR || subject === AEDES ? `none: ${subject.name}` : subject.name,
        'CPU µs/round trip': of('cpu'),
        '× in memory': ratio(runs, pairs, subject, IN_MEMORY),
        '× floor': ratio(runs, pairs, subject, FLOOR),
        'round trips/s': of('perSecond'),
        'p50 µs': of('p50'),
        'p99 µs': of('p99'),
      };
    }),
  );
  return { title: 'A sendMsg round trip, by where the registry is', rows };
}

/** @returns {import('../report/verdict.mjs').Verdict[]} */
function verdicts(runs, pairs) {
  const what = `CPU, ${pairs} pairs, SQLite behind the cache`;
  const beside = [CONTROL, COLD_START].map((one) => `${one.name}: ${ratio(runs, pairs, one, IN_MEMORY).toFixed(2)}`);
  const remark = beside.join('; ');
  const of = (other) => ratio(runs, pairs, IN_SQLITE, other);
  return [
    { line: 8, what, limit: LIMIT, measured: of(IN_MEMORY), unit: '× in memory', remark },
    { line: 1, what, limit: 1.5, measured: of(FLOOR), unit: '× floor' },
    { line: 1, what, limit: 0.7, measured: of(AEDES), unit: '× Aedes' },
  ];
}
