import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The kernel counts CPU time in ticks of this many µs (USER_HZ is 100 on every Linux that Node.js runs on). */
const TICK_US = 10_000;
const PAGE_BYTES = 4096;

/** A process of the benchmark, told what to do by IPC and looked at through /proc. */
export class MeasuredProcess {
  /** @param {string} program path from this folder @param {readonly string[]} args */
  constructor(program, args = []) {
    this.child = fork(fileURLToPath(new URL(program, import.meta.url)), args);
  }

  /** The next message of the process. Rejects with the error that it tells of. */
  async next() {
    const [message] = await Promise.race([
      once(this.child, 'message'),
      once(this.child, 'exit').then(([code]) => Promise.reject(new Error(`It ended with code ${code}`))),
    ]);
    if (message.error !== undefined) throw new Error(message.error);
    return message;
  }

  async ask(command, options) {
    this.child.send({ command, options });
    return (await this.next()).result;
  }

  /** CPU time used so far, user and system, µs. */
  cpuMicroseconds() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  }

  /** Resident memory, bytes. */
  rssBytes() {
    return Number(readFileSync(`/proc/${this.child.pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  }

  async stop() {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
