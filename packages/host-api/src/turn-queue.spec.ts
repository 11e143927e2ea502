import { describe, expect, test } from '@jest/globals';
import { TurnQueue, type TurnTaker } from './turn-queue.js';

class Taker implements TurnTaker {
  nextTaker: TurnTaker | undefined;

  constructor(
    readonly name: string,
    private readonly log: string[],
    private readonly then: (self: Taker) => void = () => undefined,
  ) {}

  takeTurn(): void {
    this.log.push(this.name);
    this.then(this);
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('TurnQueue', () => {
  test('QTA-14: serves four in a turn of the event loop, the others in the next ones, in order', async () => {
    const queue = new TurnQueue();
    const log: string[] = [];
    for (const name of 'abcdefghij') queue.add(new Taker(name, log));
    expect(log).toEqual([]);
    const seen: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      await nextTurn();
      seen.push(log.splice(0).join(''));
    }
    expect(seen).toEqual(['abcd', 'efgh', 'ij', '']);
  });

  test('QTA-14: who queues again comes last, and not twice in a turn', async () => {
    const queue = new TurnQueue();
    const log: string[] = [];
    const again = (taker: Taker): void => queue.add(taker);
    queue.add(new Taker('a', log, again));
    queue.add(new Taker('b', log, again));
    queue.add(new Taker('c', log));
    const seen: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await nextTurn();
      seen.push(log.splice(0).join(''));
    }
    expect(seen).toEqual(['abc', 'ab', 'ab']);
  });

  test('QTA-14: many that never end all get their share', async () => {
    const queue = new TurnQueue();
    const log: string[] = [];
    for (const name of 'abcdefg') queue.add(new Taker(name, log, (taker) => queue.add(taker)));
    for (let turn = 0; turn < 70; turn++) await nextTurn();
    const counts = [...'abcdefg'].map((name) => log.filter((served) => served === name).length);
    expect(counts).toEqual(new Array(7).fill(40));
  });
});
