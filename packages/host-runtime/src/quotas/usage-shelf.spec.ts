import { describe, expect, test } from '@jest/globals';
import { SubjectUsage } from './subject-usage.js';
import { UsageShelf } from './usage-shelf.js';

const IDLE_MS = 60_000;

function put(shelf: UsageShelf, id: string, now: number): SubjectUsage {
  return shelf.ensure(id, now, () => new SubjectUsage('device', id, 'tenant'));
}

describe('UsageShelf', () => {
  test('QTA-12: a stream of ever new subjects leaves no more than those of the last minutes', () => {
    const shelf = new UsageShelf(IDLE_MS);
    let most = 0;
    for (let index = 0; index < 50_000; index++) {
      put(shelf, `device ${index}`, index * 100);
      most = Math.max(most, shelf.size);
    }
    // 600 are used in a minute.
    expect(most).toBeLessThanOrEqual(1_600);
  });

  test('QTA-12: what is under way, or owes tokens, is kept', () => {
    const shelf = new UsageShelf(IDLE_MS);
    put(shelf, 'connected', 0).connections = 1;
    put(shelf, 'asking', 0).inFlight = 1;
    put(shelf, 'waiting', 0).waiting = 1;
    const slow = put(shelf, 'slow', 0);
    slow.limit({ messagesPerSecond: 0.001 }, 0);
    expect(slow.hasToken(0)).toBe(true);
    slow.takeToken();
    put(shelf, 'idle', 0);
    shelf.sweep(IDLE_MS);
    expect([...shelf.all()].map(({ id }) => id)).toEqual(['connected', 'asking', 'waiting', 'slow']);
    shelf.sweep(1_000_000);
    expect(shelf.get('slow')).toBeUndefined();
  });
});
