import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { LOAD_CORES, pin, SERVER_CORES } from '../cores.mjs';
import { MeasuredProcess } from '../measured-process.mjs';
import { aedesVersion, mosquitto } from '../subjects.mjs';

/** What figures depend on. Takes a second: how steadily the machine runs is measured. */
export async function machineFacts() {
  const [{ model } = { model: 'unknown' }, ...others] = cpus();
  return {
    cpu: model.trim(),
    cores: others.length + 1,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    aedes: aedesVersion,
    mosquitto: mosquitto?.version ?? 'not installed: its rows are left out',
    stalls: await stalls(),
  };
}

/**
 * How often the machine takes a core away from a process that never sleeps, with as many of them as a measurement has.
 * Where it does so for 1 % of the time, no p99 of anything is short.
 */
async function stalls() {
  const spinners = [SERVER_CORES, LOAD_CORES].map((cores) => {
    const spinner = new MeasuredProcess('machine-stalls.mjs');
    pin(spinner.pid, cores);
    return spinner;
  });
  const results = await Promise.all(spinners.map((spinner) => spinner.ask('spin')));
  await Promise.all(spinners.map((spinner) => spinner.stop()));
  return {
    percentOfTime: Math.max(...results.map(({ percentOfTime }) => percentOfTime)),
    longestMs: Math.max(...results.map(({ longestMs }) => longestMs)),
  };
}

/** Open files that a process may have here: a connection takes one in the server and one in the load. */
export function openFilesLimit() {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const hard = /Max open files\s+\S+\s+(\S+)/.exec(limits)?.[1];
  return hard === 'unlimited' ? Infinity : Number(hard);
}
