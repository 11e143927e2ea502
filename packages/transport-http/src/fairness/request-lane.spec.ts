import { TurnQueue } from '@device-messaging/host-api';
import { describe, expect, test } from '@jest/globals';
import { RequestLane } from './request-lane.js';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets a number of requests in at once, and yields which of them begin in each turn. */
async function begunInTurns(lane: RequestLane, count: number, then: () => void = () => undefined): Promise<number[][]> {
  const begun: number[] = [];
  for (let index = 0; index < count; index++) {
    lane.enter(() => {
      begun.push(index);
      then();
    });
  }
  const turns = [begun.splice(0)];
  for (let turn = 0; turn < 5; turn++) {
    await nextTurn();
    turns.push(begun.splice(0));
  }
  return turns.filter((begins) => begins.length > 0);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describe('RequestLane', () => {
  test('QTA-15: begins eight requests in a turn, in order, the others in the next ones', async () => {
    const turns = await begunInTurns(new RequestLane(new TurnQueue()), 20);
    expect(turns).toEqual([range(0, 8), range(8, 16), range(16, 20)]);
  });

  test('QTA-15: a connection that sends one after the other waits for a turn now and then, and never in vain', async () => {
    const lane = new RequestLane(new TurnQueue());
    for (let round = 0; round < 50; round++) expect(await begunInTurns(lane, 1)).toEqual([[0]]);
  });

  test('QTA-15: connections have their turns beside each other', async () => {
    const turns = new TurnQueue();
    const [noisy, other] = [new RequestLane(turns), new RequestLane(turns)];
    const log: string[] = [];
    for (let index = 0; index < 100; index++) noisy.enter(() => void log.push('noisy'));
    for (let index = 0; index < 9; index++) other.enter(() => void log.push('other'));
    await nextTurn();
    expect(log.filter((name) => name === 'other')).toHaveLength(9);
    expect(log.filter((name) => name === 'noisy')).toHaveLength(16);
  });

  test('QTA-15: a request that comes while others are begun keeps its order', async () => {
    const lane = new RequestLane(new TurnQueue());
    const log: string[] = [];
    for (let index = 0; index < 16; index++) {
      lane.enter(() => {
        log.push(String(index));
        if (index === 15) lane.enter(() => void log.push('late'));
      });
    }
    for (let turn = 0; turn < 4; turn++) await nextTurn();
    expect(log).toEqual([...range(0, 16).map(String), 'late']);
  });

  test('QTA-15: nothing is begun when its connection is gone', async () => {
    const lane = new RequestLane(new TurnQueue());
    const turns = begunInTurns(lane, 20);
    lane.close();
    expect(await turns).toEqual([range(0, 8)]);
  });
});
