// Line 4 of the budget: what is merely registered, and what merely waits, does not make a round trip dearer.
import { setTimeout as sleep } from 'node:timers/promises';
import { sideBySide } from '../side-by-side.mjs';
import { medianOf, ratioOf } from '../statistics.mjs';
import { OURS } from '../subjects.mjs';

const PAIRS = 100;
/** As many requests as one session may have in flight, from so many devices. */
const WAITING = { callers: 100, each: 100, timeout: 3_600_000 };
const WAITING_MESSAGES = WAITING.callers * WAITING.each;

/** @type {import('../server-under-load.mjs').Subject} */
const PLAIN = { ...OURS, name: 'nothing else' };
/** Tells how much a difference must be to be one. @type {import('../server-under-load.mjs').Subject} */
const CONTROL = { ...OURS, name: 'nothing else, once more' };
const WEIGHTED = [
  {
    ...OURS,
    name: '1,000,000 devices, 1,000 rules over 100 tenants',
    setup: { ballast: { tenants: 100, rules: 1_000, devices: 1_000_000 } },
    limit: 5,
  },
  {
    ...OURS,
    name: '10,000 waiting messages',
    setup: { pairs: PAIRS + WAITING.callers, maxTimeout: WAITING.timeout },
    waiting: WAITING,
    limit: 5,
  },
  { ...OURS, name: '20 rules, the last one matches', setup: { rules: 20 }, limit: 25 },
];

/** @param {import('../modes.mjs').PatientMode} mode @param {import('../report/progress.mjs').Progress} progress */
export async function measureBallast(mode, progress) {
  const runs = await sideBySide({
    subjects: [PLAIN, CONTROL, ...WEIGHTED],
    pairs: PAIRS,
    mode,
    tell: (subject, of) => progress.step(`beside the round trips, ${of}: ${subject.name}`),
    prepare: (server, { waiting }) => waiting && letWait(server, waiting),
  });
  return { runs, tables: [table(runs)], verdicts: verdicts(runs) };
}

/** Messages for the devices of further pairs, which never connect. */
async function letWait({ server, load }, waiting) {
  await load.ask('hold', { port: server.port, first: PAIRS, ...waiting });
  for (let tries = 0; tries < 100; tries++) {
    const { waitingCalls } = await server.ask('statistics');
    if (waitingCalls === WAITING_MESSAGES) return;
    await sleep(50);
  }
  throw new Error(`The ${WAITING_MESSAGES} messages do not wait: ${JSON.stringify(await server.ask('statistics'))}`);
}

/** What a subject adds to the plain one. */
function percentAdded(runs, subject) {
  return (ratioOf(runs, 'cpu', subject.name, PLAIN.name) - 1) * 100;
}

function table(runs) {
  const rows = [PLAIN, CONTROL, ...WEIGHTED].map((subject) => ({
    'beside it': subject.name,
    'CPU µs/round trip': medianOf(runs, { subject: subject.name }, 'cpu'),
    '% added': percentAdded(runs, subject),
    'round trips/s': medianOf(runs, { subject: subject.name }, 'perSecond'),
  }));
  return { title: `A round trip of device-messaging, ${PAIRS} pairs, and what there is besides`, rows };
}

/** @returns {import('../report/verdict.mjs').Verdict[]} */
function verdicts(runs) {
  return WEIGHTED.map((subject) => ({
    line: 4,
    what: `CPU added by ${subject.name}`,
    limit: subject.limit,
    measured: percentAdded(runs, subject),
    unit: '%',
  }));
}
