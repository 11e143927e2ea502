// Line 6 of the budget: getDevices for a customer of many devices, next to writing that JSON.
import { DIRECTORY_SIZE } from '../load/names.mjs';
import { sideBySide } from '../side-by-side.mjs';
import { medianOf } from '../statistics.mjs';
import { OURS } from '../subjects.mjs';
import { jsonCost } from './json-cost.mjs';

const CALLERS = 10;
const LIMIT = 3;

/** @type {import('../server-under-load.mjs').Subject} */
const WRITER = { name: 'writes the rows', program: 'subjects/rows-writer.mjs', dialect: 'writeRows' };
const LISTING = { ...OURS, dialect: 'getDevices', setup: { pairs: 0, directory: true } };

/** @param {import('../modes.mjs').PatientMode} mode @param {import('../report/progress.mjs').Progress} progress */
export async function measureDirectory(mode, progress) {
  const writing = await jsonCost('write');
  const runs = await sideBySide({
    subjects: [WRITER, LISTING],
    pairs: CALLERS,
    mode,
    tell: (subject, of) => progress.step(`getDevices, ${of}: ${subject.name}`),
    measure: async (server) => ({ ...(await server.measure(mode)), ...writing }),
  });
  return { runs, tables: [table(runs)], verdicts: verdicts(runs) };
}

const cpuOf = (runs, { name: subject }) => medianOf(runs, { subject }, 'cpu');
const writingOf = (runs) => medianOf(runs, { subject: WRITER.name }, 'write');

function table(runs) {
  const row = (server, cpu, perSecond) => ({
    server,
    'CPU µs/answer': cpu,
    '× writing': cpu / writingOf(runs),
    '× writing and sending': cpu / cpuOf(runs, WRITER),
    'answers/s': perSecond,
  });
  const rows = [
    row('JSON.stringify into a Buffer', writingOf(runs), ''),
    ...[WRITER, LISTING].map((subject) =>
      row(subject.name, cpuOf(runs, subject), medianOf(runs, { subject: subject.name }, 'perSecond')),
    ),
  ];
  return { title: `getDevices, a customer of ${DIRECTORY_SIZE} devices, ${CALLERS} callers`, rows };
}

/** @returns {import('../report/verdict.mjs').Verdict[]} */
function verdicts(runs) {
  const what = `CPU, getDevices of ${DIRECTORY_SIZE} devices`;
  const cpu = cpuOf(runs, LISTING);
  return [
    { line: 6, what, limit: LIMIT, measured: cpu / writingOf(runs), unit: '× writing' },
    { line: 6, what, limit: LIMIT, measured: cpu / cpuOf(runs, WRITER), unit: '× writing and sending' },
  ];
}
