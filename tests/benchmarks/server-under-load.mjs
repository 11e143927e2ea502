import { performance } from 'node:perf_hooks';
import { LOAD_CORES, pin } from './cores.mjs';
import { machineCpuMicroseconds } from './cpu-time.mjs';
import { MeasuredProcess } from './measured-process.mjs';

/**
 * @typedef {object} Subject A server that is measured.
 * @property {string} name
 * @property {string} program
 * @property {readonly string[]} [args] further arguments of the program
 * @property {string} dialect how the load talks to it
 * @property {import('./subjects/generated-registry.mjs').Setup} [setup]
 */
/**
 * @typedef {object} Measurement
 * @property {number} cpu CPU time of the server, µs a round trip
 * @property {number} perSecond round trips
 * @property {number} p50 µs
 * @property {number} p95 µs
 * @property {number} p99 µs
 * @property {number} serverBusy CPU time of the server, part of one core
 * @property {number} loadBusy the part of the time in which the load had something to do
 * @property {number} othersBusy CPU time of everything else on the machine, part of one core
 */

/** A 20-byte body, quotes included. */
export const SMALL_BODY = JSON.stringify('x'.repeat(18));
const SMALL_BODIES = { request: SMALL_BODY, reply: SMALL_BODY };

/** A server, a process of its own, with connected pairs of another one. */
export class ServerUnderLoad {
  /**
   * @param {Subject} subject
   * @param {number} pairs
   * @param {import('./load/dialects.mjs').Bodies} bodies
   */
  static async start(subject, pairs, bodies = SMALL_BODIES) {
    const setup = JSON.stringify({ pairs, ...subject.setup });
    const server = await MeasuredProcess.server(subject.program, [setup, ...(subject.args ?? [])]);
    const load = new MeasuredProcess('load/generator.mjs');
    pin(load.pid, LOAD_CORES);
    const underLoad = new ServerUnderLoad(subject, server, load, bodies);
    try {
      await underLoad.open(pairs);
    } catch (error) {
      await underLoad.stop();
      throw error;
    }
    return underLoad;
  }

  constructor(subject, server, load, bodies) {
    this.subject = subject;
    this.server = server;
    this.load = load;
    this.bodies = bodies;
  }

  /**
   * Connects more pairs.
   * @param {number} count
   * @returns {Promise<{ connectMs: number, cpu: number, othersBusy: number }>} `cpu`: µs of the server for each pair
   */
  async open(count) {
    const { dialect } = this.subject;
    const options = { port: this.server.port, dialect, count, bodies: this.bodies };
    const { result, cpu, othersBusy } = await this.#watched(() => this.load.ask('open', options));
    return { ...result, cpu: cpu / count, othersBusy };
  }

  /** As many round trips as possible. @param {import('./modes.mjs').PatientMode} mode */
  measure(mode) {
    return mode.patience.quietest(() => this.run(mode.measureMs));
  }

  /**
   * As many round trips as possible, or `rate` of them a second.
   * @param {number} ms
   * @param {number} [rate]
   * @returns {Promise<Measurement>}
   */
  async run(ms, rate) {
    const watched = await this.#watched(() => this.load.ask('run', { ms, rate }));
    const { roundTrips, perSecond, p50, p95, p99, busy: loadBusy } = watched.result;
    if (roundTrips === 0) throw new Error(`${this.subject.name}: no round trip in ${ms} ms`);
    const { cpu, serverBusy, othersBusy } = watched;
    return { cpu: cpu / roundTrips, perSecond, p50, p95, p99, serverBusy, loadBusy, othersBusy };
  }

  /** Looks at the CPU time that the server, and all that is neither server nor load, take during something; µs. */
  async #watched(act) {
    const startedAt = performance.now();
    const [cpuBefore, othersBefore] = this.#cpu();
    const result = await act();
    const [cpuAfter, othersAfter] = this.#cpu();
    const elapsed = (performance.now() - startedAt) * 1e3;
    const cpu = cpuAfter - cpuBefore;
    return { result, cpu, serverBusy: cpu / elapsed, othersBusy: Math.max(0, (othersAfter - othersBefore) / elapsed) };
  }

  #cpu() {
    const server = this.server.cpuMicroseconds();
    return [server, machineCpuMicroseconds() - server - this.load.cpuMicroseconds()];
  }

  async stop() {
    await this.load.stop();
    await this.server.stop();
  }
}
