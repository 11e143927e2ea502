import { describe, expect, test } from '@jest/globals';
import { WriteQueue, type PendingWriter } from './write-queue.js';

class Writer implements PendingWriter {
  nextWriter: PendingWriter | undefined;

  constructor(
    private readonly name: string,
    private readonly log: string[],
    private readonly onFlush: () => void = () => undefined,
  ) {}

  flush(): void {
    this.log.push(this.name);
    this.onFlush();
  }
}

describe('WriteQueue', () => {
  test('MQTT-51: what is written while a chunk is handled leaves when it is handled, in order', () => {
    const queue = new WriteQueue();
    const log: string[] = [];
    queue.enter();
    for (const name of ['a', 'b', 'c']) queue.add(new Writer(name, log));
    expect(log).toEqual([]);
    queue.leave();
    expect(log).toEqual(['a', 'b', 'c']);
  });

  test('MQTT-51: what is written otherwise leaves at the end of the tick, all of it at once', async () => {
    const queue = new WriteQueue();
    const log: string[] = [];
    queue.add(new Writer('a', log));
    queue.add(new Writer('b', log));
    expect(log).toEqual([]);
    await new Promise((resolve) => process.nextTick(resolve));
    expect(log).toEqual(['a', 'b']);
    queue.add(new Writer('c', log));
    await new Promise((resolve) => process.nextTick(resolve));
    expect(log).toEqual(['a', 'b', 'c']);
  });

  test('a stream that answers within a write is served before the outer chunk is done, and nobody twice', () => {
    const queue = new WriteQueue();
    const log: string[] = [];
    const answering = new Writer('a', log, () => {
      queue.enter();
      queue.add(new Writer('answer', log));
      queue.leave();
    });
    queue.enter();
    queue.add(answering);
    queue.add(new Writer('b', log));
    queue.leave();
    expect(log).toEqual(['a', 'b', 'answer']);
  });
});
