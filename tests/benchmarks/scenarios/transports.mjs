// Line 7 of the budget: what a call costs over each transport, next to MQTT and to what the protocol's library costs.
import { sideBySide } from '../side-by-side.mjs';
import { median, medianOf } from '../statistics.mjs';
import { OURS } from '../subjects.mjs';

const PAIRS = 100;
/** A call over HTTP is some hundred functions of several libraries: they take longer to be compiled than MQTT's few. */
const WARM_UP_TIMES = 3;
/** A transport may cost that many times the way over MQTT, and what its library costs in any case. */
const TIMES_MQTT = 2;

/** @typedef {import('../server-under-load.mjs').Subject} Subject */
/** @param {string} name @param {string} program @param {string} dialect @returns {Subject} */
const subject = (name, program, dialect) => ({ name, program: `subjects/${program}.mjs`, dialect });

const MQTT = { ...OURS, name: 'device-messaging, MQTT' };
const POLL = subject('device-messaging, HTTP, polls', 'device-messaging-http', 'httpPoll');
const STREAM = subject('device-messaging, HTTP, streams', 'device-messaging-http', 'httpStream');
const COAP = subject('device-messaging, CoAP', 'device-messaging-coap', 'coap');
const FASTIFY_3 = subject('fastify route, 3 requests', 'fastify-route', 'httpThreeRequests');
const FASTIFY_2 = subject('fastify route, 2 requests', 'fastify-route', 'httpTwoRequests');
const NODE_3 = subject('node:http, 3 requests', 'node-http', 'httpThreeRequests');
const NODE_2 = subject('node:http, 2 requests', 'node-http', 'httpTwoRequests');
const UDP = subject('UDP echo, 3 datagrams', 'udp-echo', 'threeDatagrams');

const SUBJECTS = [MQTT, POLL, FASTIFY_3, NODE_3, STREAM, FASTIFY_2, NODE_2, COAP, UDP];

/** What each transport is measured against. */
const COMPARED = [
  { transport: POLL, floor: FASTIFY_3, below: NODE_3 },
  { transport: STREAM, floor: FASTIFY_2, below: NODE_2 },
  { transport: COAP, floor: UDP },
];

/** @param {import('../modes.mjs').PatientMode} mode @param {import('../report/progress.mjs').Progress} progress */
export async function measureTransports(mode, progress) {
  const runs = await sideBySide({
    subjects: SUBJECTS,
    pairs: PAIRS,
    mode: { ...mode, warmUpMs: mode.warmUpMs * WARM_UP_TIMES },
    tell: (of, what) => progress.step(`transports, ${PAIRS} pairs, ${what}: ${of.name}`),
  });
  return { runs, tables: [table(runs)], verdicts: COMPARED.map((pair) => verdict(runs, pair)) };
}

function table(runs) {
  const rows = SUBJECTS.map(({ name }) => {
    const of = (member) => medianOf(runs, { subject: name }, member);
    return {
      server: name,
      'CPU µs/call': of('cpu'),
      'calls/s': of('perSecond'),
      'p50 µs': of('p50'),
      'server busy %': of('serverBusy') * 100,
      'load busy %': of('loadBusy') * 100,
    };
  });
  return { title: `A sendMsg call over each transport, ${PAIRS} pairs, and the floors`, rows };
}

/** What a transport costs beside its library's floor, in ways over MQTT: the median of the repeats. */
function aboveFloor(runs, transport, floor) {
  const cpu = (of, repeat) => medianOf(runs, { subject: of.name, repeat }, 'cpu');
  const repeats = [...new Set(runs.map(({ repeat }) => repeat))];
  return median(repeats.map((repeat) => (cpu(transport, repeat) - cpu(floor, repeat)) / cpu(MQTT, repeat)));
}

/** @returns {import('../report/verdict.mjs').Verdict} */
function verdict(runs, { transport, floor, below }) {
  const what = `CPU, ${transport.name.split(', ').slice(1).join(', ')}, without its library (${floor.name})`;
  const remark = below === undefined ? '' : `without ${below.name}: ${aboveFloor(runs, transport, below).toFixed(2)}`;
  const measured = aboveFloor(runs, transport, floor);
  return { line: 7, what, limit: TIMES_MQTT, measured, unit: '× MQTT', remark };
}
