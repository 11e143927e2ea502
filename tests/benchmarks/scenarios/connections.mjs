// Line 3 of the budget: what an idle connected device takes, and how fast many of them connect.
import { setTimeout as sleep } from 'node:timers/promises';
import { openFilesLimit } from '../report/machine-facts.mjs';
import { ServerUnderLoad } from '../server-under-load.mjs';
import { interleaved, medianOf } from '../statistics.mjs';
import { AEDES, OURS, SUBJECTS } from '../subjects.mjs';

/** Connected before the first reading, and to stay: code is compiled and tables are made with the first connections. */
const FIRST = 500;
const SETTLE_MS = 600;
/** Files that a process has open besides its connections, amply. */
const OTHER_FILES = 300;
const KB = 1_000;

const IDLE_DIALECTS = { relay: 'silent', sendMsg: 'idle', publishSubscribe: 'idle' };

/** @param {import('../modes.mjs').PatientMode} mode @param {import('../report/progress.mjs').Progress} progress */
export async function measureConnections(mode, progress) {
  const possible = openFilesLimit() - FIRST - OTHER_FILES;
  const connections = Math.min(mode.connections, possible - (possible % 2));
  const runs = await interleaved(mode.connectionRepeats, SUBJECTS, (subject, of) => {
    progress.step(`${connections} idle connections, ${of}: ${subject.name}`);
    const idle = { ...subject, dialect: IDLE_DIALECTS[subject.dialect] };
    return mode.patience.quietest(() => measureOne(idle, connections));
  });
  const notes =
    connections < mode.connections
      ? [`Not ${mode.connections} connections: open files are limited here. Raise it first: ulimit -n 65536`]
      : [];
  return { runs, notes, tables: [table(runs, connections)], verdicts: verdicts(runs, connections) };
}

async function measureOne(subject, connections) {
  const server = await ServerUnderLoad.start({ ...subject, setup: { pairs: FIRST + connections } }, FIRST);
  try {
    const rssBefore = await settledRss(server.server);
    const { connectMs, cpu, othersBusy } = await server.open(connections);
    const rss = (await settledRss(server.server)) - rssBefore;
    return { connections, bytesPerConnection: rss / connections, connectMs, connectCpu: cpu, othersBusy };
  } finally {
    await server.stop();
  }
}

/** What stays when there is nothing left to do. */
async function settledRss(server) {
  await sleep(SETTLE_MS);
  await server.ask('collectGarbage');
  await sleep(SETTLE_MS / 4);
  return server.rssBytes();
}

function table(runs, connections) {
  const rows = SUBJECTS.map(({ name: subject }) => ({
    server: subject,
    'KB/connection': medianOf(runs, { subject }, 'bytesPerConnection') / KB,
    'connected within ms': medianOf(runs, { subject }, 'connectMs'),
    'connects/s': (connections / medianOf(runs, { subject }, 'connectMs')) * 1e3,
    'CPU µs/connect': medianOf(runs, { subject }, 'connectCpu'),
  }));
  return { title: `${connections} connections, subscribed and idle (the floor's: joined, one by one)`, rows };
}

/** @returns {import('../report/verdict.mjs').Verdict[]} */
function verdicts(runs, connections) {
  const of = ({ name: subject }, member) => medianOf(runs, { subject }, member);
  const memory = of(OURS, 'bytesPerConnection') / KB;
  const time = of(OURS, 'connectMs') / of(AEDES, 'connectMs');
  return [
    { line: 3, what: `RSS of an idle device, ${connections} of them`, limit: 7, measured: memory, unit: 'KB' },
    { line: 3, what: `time to connect ${connections} devices`, limit: 1, measured: time, unit: '× Aedes' },
  ];
}
