import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { deferSignals } from './defer-signals.js';

class FakeProcess extends EventEmitter {
  readonly pid = 4711;
  readonly killed: unknown[] = [];

  kill(pid: number, signal: string): void {
    this.killed.push([pid, signal]);
  }
}

describe('what must not be broken off', () => {
  it('ADC-5: a signal that comes meanwhile acts afterwards', async () => {
    const process = new FakeProcess();
    const steps: string[] = [];
    const task = async (): Promise<string> => {
      process.emit('SIGINT', 'SIGINT');
      await Promise.resolve();
      steps.push(`went on, ${process.killed.length} killed`);
      return 'done';
    };
    expect(await deferSignals(task, process)).toBe('done');
    expect([steps, process.killed]).toEqual([['went on, 0 killed'], [[4711, 'SIGINT']]]);
    expect(process.eventNames()).toEqual([]);
  });

  it('acts afterwards when the task fails, too, and not when no signal came', async () => {
    const process = new FakeProcess();
    await expect(
      deferSignals(() => {
        process.emit('SIGTERM', 'SIGTERM');
        return Promise.reject(new Error('no server'));
      }, process),
    ).rejects.toThrow('no server');
    expect(process.killed).toEqual([[4711, 'SIGTERM']]);
    await deferSignals(() => Promise.resolve(), process);
    expect([process.killed.length, process.eventNames()]).toEqual([1, []]);
  });
});
