import { performance } from 'node:perf_hooks';

/**
 * An event loop that never sleeps while it is kept awake: a server that must wake a sleeping reader pays for that with
 * every write, and would look up to twice as slow as it is. It also tells what part of the time it had nothing to do:
 * a load that is never idle is what limits the throughput, not the server.
 */
export class AwakeEventLoop {
  idleMs = 0;
  #isAwake = false;
  #wasBusy = false;
  #turnAt = 0;

  /** Something was done in this turn. */
  touch() {
    this.#wasBusy = true;
  }

  stayAwake() {
    this.#isAwake = true;
    this.idleMs = 0;
    this.#turnAt = performance.now();
    setImmediate(this.#turn);
  }

  letSleep() {
    this.#isAwake = false;
  }

  #turn = () => {
    const now = performance.now();
    if (!this.#wasBusy) this.idleMs += now - this.#turnAt;
    this.#wasBusy = false;
    this.#turnAt = now;
    if (this.#isAwake) setImmediate(this.#turn);
  };
}
