import { RecordingLogger, settle, VirtualTimers } from '@device-messaging/testkit';
import type { EventRetention } from '@device-messaging/host-api';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { RetentionSettings } from '../settings/retention-settings.js';
import { Retention } from './retention.js';

const DAY_MS = 86_400_000;

describe('Retention', () => {
  let timers: VirtualTimers;
  let logger: RecordingLogger;
  let rounds: { readonly what: 'events' | 'logins'; readonly at: number; readonly retention?: EventRetention }[];
  let prune: () => number | Promise<number>;
  let retention: Retention;

  beforeEach(() => {
    [timers, logger, rounds, prune] = [new VirtualTimers(), new RecordingLogger(), [], () => 0];
    const settings = Object.assign(new RetentionSettings(), { eventDays: 7, periodMs: 100_000 });
    const events = {
      append: () => undefined,
      query: () => [],
      flush: () => undefined,
      prune: (given: EventRetention, at: number) => {
        rounds.push({ what: 'events', at, retention: given });
        return prune();
      },
    };
    const accounts = {
      pruneLogins: (at: number) => {
        rounds.push({ what: 'logins', at });
        return 0;
      },
    };
    retention = new Retention(settings, { events, accounts, timers, logger });
    retention.start();
  });

  const kinds = (): readonly string[] => rounds.map(({ what }) => what);

  it('OPS-5: removes old events and logins a minute after the start, and then once in each period', async () => {
    const start = timers.now();
    await timers.advanceAsync(59_999);
    expect(rounds).toEqual([]);
    await timers.advanceAsync(1);
    expect(rounds).toEqual([
      { what: 'events', at: start + 60_000, retention: { maxAgeMs: 7 * DAY_MS, maxCount: 100_000 } },
      { what: 'logins', at: start + 60_000 },
    ]);
    await timers.advanceAsync(300_000);
    expect(rounds).toHaveLength(8);
  });

  it('OPS-5: begins no round before the last one has ended, and says so', async () => {
    let end: (removed: number) => void = () => undefined;
    prune = () => new Promise<number>((resolve) => (end = resolve));
    await timers.advanceAsync(60_000 + 2 * 100_000);
    expect(kinds()).toEqual(['events']);
    expect(logger.lines).toMatchObject([
      { level: 'warn', message: 'The last removal of old events has not ended', fields: { forMs: 100_000 } },
      { level: 'warn', fields: { forMs: 200_000 } },
    ]);
    end(3);
    await settle();
    expect(kinds()).toEqual(['events', 'logins']);
    expect(logger.lines.at(-1)).toMatchObject({ level: 'debug', fields: { what: 'events', removed: 3 } });
    prune = () => 0;
    await timers.advanceAsync(100_000);
    expect(rounds).toHaveLength(4);
  });

  it.each([
    ['throws', () => throwing()],
    ['rejects', () => Promise.reject(new Error('The database is away'))],
  ])('OPS-5: a round that %s is told in the log, and the next one comes', async (_how, failing) => {
    prune = failing;
    await timers.advanceAsync(160_000);
    expect(kinds()).toEqual(['events', 'logins', 'events', 'logins']);
    expect(logger.lines).toMatchObject([
      {
        level: 'error',
        message: 'What is too old could not be removed; it is tried again',
        fields: { what: 'events' },
      },
      { level: 'error' },
    ]);
  });

  it('OPS-5: ends with the server, and says nothing of a database that was closed under it', async () => {
    let fail: (error: Error) => void = () => undefined;
    prune = () => new Promise<number>((_resolve, reject) => (fail = reject));
    await timers.advanceAsync(60_000);
    retention.stop();
    fail(new Error('The database is closed'));
    await timers.advanceAsync(1_000_000);
    expect(kinds()).toEqual(['events']);
    expect(logger.lines).toEqual([]);
    expect(timers.pending).toBe(0);
  });
});

function throwing(): never {
  throw new Error('The database is away');
}
