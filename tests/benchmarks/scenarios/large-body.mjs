// Line 5 of the budget: a body of 64 KiB next to the floor that moves the same bytes.
import { SMALL_BODY } from '../server-under-load.mjs';
import { sideBySide } from '../side-by-side.mjs';
import { medianOf, ratioOf } from '../statistics.mjs';
import { FLOOR, OURS } from '../subjects.mjs';
import { jsonCost } from './json-cost.mjs';

const BYTES = 64 * 1024;
const PAIRS = 10;
const LIMIT = 1.3;

/** The line of the budget is about the first one. */
const BODIES = [
  { body: 'many members', text: manyMembers() },
  { body: 'one string', text: JSON.stringify('x'.repeat(BYTES - 2)) },
];

/** @param {import('../modes.mjs').PatientMode} mode @param {import('../report/progress.mjs').Progress} progress */
export async function measureLargeBody(mode, progress) {
  const runs = [];
  for (const { body, text } of BODIES) {
    const bodies = { request: text, reply: SMALL_BODY };
    const validation = await jsonCost('validate', { text });
    const measured = await sideBySide({
      subjects: [FLOOR, OURS],
      pairs: PAIRS,
      bodies: { request: text, reply: SMALL_BODY },
      mode,
      tell: (subject, of) => progress.step(`64 KiB, ${body}, ${of}: ${subject.name}`),
      measure: async (server) => ({ body, ...(await server.measure(mode)), ...validation }),
    });
    runs.push(...measured);
  }
  return { runs, tables: [table(runs)], verdicts: [verdict(runs)] };
}

/** What our server costs, in floors, after taking some cost off. */
function overFloor(runs, body, off) {
  const ofBody = runs.filter((run) => run.body === body);
  return ratioOf(ofBody, 'cpu', OURS.name, FLOOR.name, (run) => run.cpu - (off === undefined ? 0 : run[off]));
}

/** The server's own scanner, where it can be had. */
function validationOf(runs) {
  return runs.some((run) => run.scan === null) ? 'parse' : 'scan';
}

function table(runs) {
  const rows = BODIES.map(({ body }) => ({
    body,
    'floor, CPU µs': medianOf(runs, { body, subject: FLOOR.name }, 'cpu'),
    'device-messaging, CPU µs': medianOf(runs, { body, subject: OURS.name }, 'cpu'),
    'its scanner, CPU µs': medianOf(runs, { body, subject: OURS.name }, 'scan'),
    'JSON.parse, CPU µs': medianOf(runs, { body, subject: OURS.name }, 'parse'),
    '× floor': overFloor(runs, body),
    'without a scan': overFloor(runs, body, 'scan'),
    'without a JSON.parse': overFloor(runs, body, 'parse'),
  }));
  return { title: `A request with a body of 64 KiB, ${PAIRS} pairs`, rows };
}

/** @returns {import('../report/verdict.mjs').Verdict} */
function verdict(runs) {
  const { body } = BODIES[0];
  const remark = `with it: ${overFloor(runs, body).toFixed(2)}`;
  const measured = overFloor(runs, body, validationOf(runs));
  const what = `CPU, a body of 64 KiB of ${body}, without one validation of it`;
  return { line: 5, what, limit: LIMIT, measured, unit: '× floor', remark };
}

/** An object of many small members of every kind, as large as it must be. */
function manyMembers() {
  const members = [];
  let size = '{"end":""}'.length;
  for (let at = 0; ; at++) {
    const value = [`"value ${at}"`, String(at * 1.25), 'true', `{"x":${at},"y":null}`, `[${at},${at + 1}]`][at % 5];
    const member = `"member-${at}":${value},`;
    if (size + member.length > BYTES) break;
    size += member.length;
    members.push(member);
  }
  return `{${members.join('')}"end":"${'x'.repeat(BYTES - size)}"}`;
}
