import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '@device-messaging/registry-sql';
import { RecordingLogger, settle, VirtualTimers } from '@device-messaging/testkit';
import type { EventRetention } from '@device-messaging/host-api';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RetentionSettings } from '../settings/retention-settings.js';
import { Administrator } from '../spec-support/administrator.js';
import { DEMO_TENANT, ServerBench } from '../spec-support/server-bench.js';
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

describe('a server', () => {
  let directory: string;
  let bench: ServerBench;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'retention-'));
    bench = new ServerBench();
  });

  afterEach(async () => {
    await bench.stop();
    rmSync(directory, { recursive: true });
  });

  it('OPS-5: removes what its database has that is too old, and keeps the rest', async () => {
    const store = await openDatabase({ dataDir: directory, logger: new RecordingLogger() });
    const now = Date.now();
    for (const [n, at] of [now - 2 * DAY_MS, now - DAY_MS / 2].entries()) {
      store.events.append({ tenantId: DEMO_TENANT, type: 'AUDIT', entityId: undefined, at, body: { n } });
    }
    await store.close();
    const { http } = await bench.start({ DATA_DIR: directory }, 'retention: { eventDays: 1, periodMs: 1000 }\n');
    const told = { level: 'debug', message: 'What is too old was removed', fields: { what: 'events', removed: 1 } };
    while (!bench.logger.lines.some(({ message }) => message === told.message)) await setTimeout(20);
    expect(bench.logger.lines).toContainEqual(told);
    const administrator = new Administrator(http.port);
    await administrator.logIn();
    const { body } = await administrator.ask('GET', '/api/events?type=AUDIT');
    expect(body['items']).toMatchObject([{ body: { n: 1 } }]);
  });
});

function throwing(): never {
  throw new Error('The database is away');
}
