// `npm run bench`: what the server costs, next to the floor and to other servers, in one run. See docs/performance.md.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FULL, NORMAL, QUICK } from './modes.mjs';
import { Patience } from './patience.mjs';
import { machineFacts } from './report/machine-facts.mjs';
import { Progress } from './report/progress.mjs';
import { textTable } from './report/text-table.mjs';
import { verdictRow } from './report/verdict.mjs';
import { measureBallast } from './scenarios/ballast.mjs';
import { measureConnections } from './scenarios/connections.mjs';
import { measureDirectory } from './scenarios/directory.mjs';
import { measureLargeBody } from './scenarios/large-body.mjs';
import { measureRegistry } from './scenarios/registry.mjs';
import { measureRoundTrips } from './scenarios/round-trips.mjs';
import { measureTransports } from './scenarios/transports.mjs';
import { median } from './statistics.mjs';

/**
 * @typedef {object} Outcome What a scenario found.
 * @property {readonly Record<string, unknown>[]} runs every single one
 * @property {readonly { title: string, rows: readonly Record<string, string | number>[] }[]} tables
 * @property {readonly import('./report/verdict.mjs').Verdict[]} verdicts
 * @property {readonly string[]} [notes]
 */

/** @type {Readonly<Record<string, (mode: import('./modes.mjs').PatientMode, progress: Progress) => Promise<Outcome>>>} */
const SCENARIOS = {
  'round-trips': measureRoundTrips,
  connections: measureConnections,
  ballast: measureBallast,
  'large-body': measureLargeBody,
  directory: measureDirectory,
  transports: measureTransports,
  registry: measureRegistry,
};

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
  },
});

const chosen = options.full ? FULL : options.quick ? QUICK : NORMAL;
const mode = { ...chosen, patience: new Patience(chosen.retries) };
const names = options.only ?? mode.scenarios;
for (const name of names) {
  if (SCENARIOS[name] === undefined) throw new Error(`--only knows ${Object.keys(SCENARIOS).join(', ')}`);
}

const progress = new Progress();
progress.step('how steadily the machine runs');
const machine = await machineFacts();
const outcomes = [];
for (const name of names) outcomes.push({ scenario: name, ...(await SCENARIOS[name](mode, progress)) });
progress.end();
report();

function report() {
  const { percentOfTime, longestMs } = machine.stalls;
  console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Linux ${machine.kernel}`);
  console.log(`Node.js ${machine.node}, Aedes ${machine.aedes}, Mosquitto ${machine.mosquitto}`);
  console.log(`The machine stalls for ${percentOfTime.toFixed(1)} % of the time, ${longestMs.toFixed(1)} ms at most`);
  console.log(othersText());
  for (const { tables, notes = [] } of outcomes) {
    for (const { title, rows } of tables) console.log(`\n${title}\n\n${textTable(rows)}`);
    for (const note of notes) console.log(`\n${note}`);
  }
  const verdicts = outcomes.flatMap((outcome) => outcome.verdicts);
  console.log(`\nThe budget\n\n${textTable(verdicts.map(verdictRow))}`);
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ machine, verdicts, outcomes }, undefined, 2)}\n`);
  }
}

/** Figures from a machine that had other things to do are to be taken with care. */
function othersText() {
  const shares = outcomes.flatMap(({ runs }) => runs.map(({ othersBusy }) => othersBusy)).filter((share) => share >= 0);
  if (shares.length === 0) return '';
  const percent = (share) => `${Math.round(share * 100)} %`;
  return `Other processes took ${percent(median(shares))} of a core during a run (median), ${percent(Math.max(...shares))} at most`;
}
