import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { PinoLogger } from './logging/pino-logger.js';
import { stopOnSignals } from './stop-on-signals.js';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];

  exit(code: number): void {
    this.exits.push(code);
  }
}

describe('stopOnSignals', () => {
  let process: FakeProcess;
  let now: number;
  let stops: number;
  let outOfPatience: (() => void) | undefined;
  let finish: { resolve: () => void; reject: (error: Error) => void };
  let log: string[];

  beforeEach(() => {
    process = new FakeProcess();
    [now, stops, outOfPatience, log] = [1_000, 0, undefined, []];
    stopOnSignals(process, {
      stop: () => {
        stops += 1;
        return new Promise((resolve, reject) => (finish = { resolve, reject }));
      },
      patienceMs: 5_000,
      logger: new PinoLogger('info', { write: (line) => void log.push(line) }),
      now: () => now,
      after: (delayMs, run) => {
        expect(delayMs).toBe(5_000);
        outOfPatience = run;
      },
    });
  });

  it.each(['SIGINT', 'SIGTERM'])('stops the server at %s and leaves the end to the process', async (signal) => {
    process.emit(signal);
    expect(stops).toBe(1);
    finish.resolve();
    await Promise.resolve();
    expect(process.exits).toEqual([]);
    expect(log.join('')).toContain('Stopped');
  });

  it('takes a key press that arrives twice for one', () => {
    process.emit('SIGINT');
    now += 499;
    process.emit('SIGINT');
    expect(stops).toBe(1);
    expect(process.exits).toEqual([]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('exits at once at a second signal: %s with %i', (signal, code) => {
    process.emit('SIGTERM');
    now += 500;
    process.emit(signal);
    expect(stops).toBe(1);
    expect(process.exits).toEqual([code]);
  });

  it('exits with 1 when the server does not stop in time', () => {
    process.emit('SIGINT');
    outOfPatience?.();
    expect(process.exits).toEqual([1]);
    expect(log.join('')).toContain('The server did not stop in time');
  });

  it('exits with 1 and says why when the server fails to stop', async () => {
    process.emit('SIGINT');
    finish.reject(new Error('a part is stuck'));
    await new Promise(setImmediate);
    expect(process.exits).toEqual([1]);
    expect(log.join('')).toContain('a part is stuck');
  });
});
