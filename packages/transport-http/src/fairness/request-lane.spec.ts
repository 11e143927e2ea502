import { TurnQueue } from '@device-messaging/host-api';
import { describe, expect, test } from '@jest/globals';
import { RequestLane } from './request-lane.js';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets a number of requests in that came at once, and yields which of them begin in each turn. */
async function begunInTurns(lane: RequestLane, count: number, bytesRead = 1_000): Promise<number[][]> {
  const begun: number[] = [];
  for (let index = 0; index < count; index++) lane.enter(() => void begun.push(index), bytesRead);
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

  test('QTA-15: a connection that sends one after the other never waits', () => {
    const lane = new RequestLane(new TurnQueue());
    let begun = 0;
    for (let sent = 1; sent <= 50; sent++) lane.enter(() => begun++, sent * 200);
    expect(begun).toBe(50);
  });

  test('QTA-15: what comes later waits behind what waits already', async () => {
    const lane = new RequestLane(new TurnQueue());
    const first = begunInTurns(lane, 10, 1_000);
    const later = begunInTurns(lane, 4, 2_000);
    expect(await first).toEqual([range(0, 8), range(8, 10)]);
    expect(await later).toEqual([range(0, 4)]);
  });

  test('QTA-15: connections have their turns beside each other', async () => {
    const turns = new TurnQueue();
    const [noisy, other] = [new RequestLane(turns), new RequestLane(turns)];
    const log: string[] = [];
    for (let index = 0; index < 100; index++) noisy.enter(() => void log.push('noisy'), 1);
    for (let index = 0; index < 9; index++) other.enter(() => void log.push('other'), 1);
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
        if (index === 9) lane.enter(() => void log.push('late'), 2);
      }, 1);
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
