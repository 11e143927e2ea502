/**
 * @typedef {object} Mode How thoroughly is measured.
 * @property {readonly string[]} scenarios
 * @property {number} rounds in each of which all servers are started anew
 * @property {number} repeats in each round
 * @property {number} warmUpMs
 * @property {number} measureMs
 * @property {number} pacedMs
 * @property {number} connections idle ones
 * @property {number} connectionRepeats
 * @property {number} retries of measurements during which the machine did other things, in all
 */

/** @typedef {Mode & { patience: import('./patience.mjs').Patience }} PatientMode */

/** Lines 1 to 3 of the budget. @type {Mode} */
export const NORMAL = {
  scenarios: ['round-trips', 'connections'],
  rounds: 4,
  repeats: 4,
  warmUpMs: 1_200,
  measureMs: 350,
  pacedMs: 350,
  connections: 18_000,
  connectionRepeats: 1,
  retries: 40,
};

/** The same lines, for a first impression. @type {Mode} */
export const QUICK = {
  ...NORMAL,
  rounds: 1,
  repeats: 3,
  warmUpMs: 700,
  measureMs: 250,
  pacedMs: 250,
  connections: 4_000,
  retries: 4,
};

/** All lines. @type {Mode} */
export const FULL = {
  ...NORMAL,
  scenarios: ['round-trips', 'connections', 'ballast', 'large-body', 'directory', 'transports', 'registry'],
  connectionRepeats: 2,
  retries: 100,
};
