import { describe, expect, test } from '@jest/globals';
import { Turns } from './turns.js';

describe('Turns', () => {
  test('lets one at a time through, in the order in which they came', async () => {
    const turns = new Turns();
    const order: number[] = [];
    let inside = 0;
    const run = async (number: number): Promise<void> => {
      const end = await turns.take();
      expect(++inside).toBe(1);
      order.push(number);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      end();
    };
    await Promise.all([run(1), run(2), run(3)]);
    await run(4);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  test('lets nobody in between who comes while a turn is handed on', async () => {
    const turns = new Turns();
    const end = await turns.take();
    const order: string[] = [];
    const second = turns.take().then((done) => (order.push('second'), done));
    end();
    const third = turns.take().then((done) => (order.push('third'), done));
    (await second)();
    (await third)();
    expect(order).toEqual(['second', 'third']);
  });

  test('refuses who comes when too many wait', async () => {
    const turns = new Turns(1);
    const end = await turns.take();
    const waiting = turns.take();
    await expect(turns.take()).rejects.toMatchObject({ code: 'BUSY' });
    end();
    (await waiting)();
  });
});
