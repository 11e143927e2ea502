import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pin, SERVER_CORES } from './cores.mjs';
import { cpuMicroseconds } from './cpu-time.mjs';

const PAGE_BYTES = 4096;

/** A process of the benchmark, told what to do by IPC and looked at through /proc. */
export class MeasuredProcess {
  /** @param {string} program path from this folder @param {readonly string[]} args */
  constructor(program, args = []) {
    const file = fileURLToPath(new URL(program, import.meta.url));
    this.child = fork(file, args, { execArgv: ['--expose-gc'] });
    this.program = program;
    /** What is looked at: the process itself, unless it says that it is another one. */
    this.pid = this.child.pid;
  }

  /** Starts a server and waits until it accepts connections. */
  static async server(program, args) {
    const server = new MeasuredProcess(program, args);
    const { port, pid } = await server.next();
    server.port = port;
    server.pid = pid ?? server.pid;
    pin(server.pid, SERVER_CORES);
    return server;
  }

  /** The next message of the process. Rejects with the error that it tells of. */
  async next() {
    const stop = new AbortController();
    try {
      const [message] = await Promise.race([
        once(this.child, 'message', { signal: stop.signal }),
        once(this.child, 'exit', { signal: stop.signal }).then(([code, signal]) => {
          throw new Error(`${this.program} ended (${signal ?? `code ${code}`})`);
        }),
      ]);
      if (message.error !== undefined) throw new Error(`${this.program}: ${message.error}`);
      return message;
    } finally {
      stop.abort();
    }
  }

  async ask(command, options) {
    const answer = this.next();
    this.child.send({ command, options });
    return (await answer).result;
  }

  /** CPU time used so far, user and system, µs. */
  cpuMicroseconds() {
    return cpuMicroseconds(this.pid);
  }

  /** Resident memory, bytes. */
  rssBytes() {
    return Number(readFileSync(`/proc/${this.pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    await ended;
  }
}
