import type { EventRow, EventType, Settings } from '@device-messaging/host-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DATABASES } from '../spec-support/both-databases.js';
import { START_TIMEOUT_MS } from '../spec-support/test-databases.js';
import type { SqlDatabase } from '../sql-database.js';

const TENANT = randomUUID();

describe.each(DATABASES)('Events in %s', (_name, databases) => {
  let database: SqlDatabase;
  const logged: string[] = [];

  beforeAll(() => databases.start(), START_TIMEOUT_MS);
  beforeEach(async () => {
    logged.length = 0;
    const log = (message: string): void => {
      logged.push(message);
    };
    database = await databases.create({ logger: { debug: log, info: log, warn: log, error: log } });
  });
  afterEach(() => databases.dispose());
  afterAll(() => databases.stop());

  function append(at: number, body: Settings, members: Partial<EventRow> = {}): void {
    database.events.append({ tenantId: TENANT, type: 'AUDIT', entityId: undefined, at, body, ...members });
  }

  async function numbers(query: Partial<Parameters<typeof database.events.query>[0]> = {}): Promise<unknown[]> {
    const rows = await database.events.query({ tenantId: TENANT, limit: 10_000, ...query });
    return rows.map(({ body }) => body['n']);
  }

  test('SQL-30 shows what was appended before, youngest first, those of one ms in the order of their coming', async () => {
    append(5, { n: 1 });
    append(7, { n: 2 });
    append(5, { n: 3 });
    append(6, { n: 4, text: 'é\0\ud800' });
    expect(await numbers()).toEqual([2, 4, 3, 1]);
    const [row] = await database.events.query({ tenantId: TENANT, limit: 1 });
    expect(row).toEqual({
      id: expect.any(String),
      tenantId: TENANT,
      type: 'AUDIT',
      entityId: undefined,
      at: 7,
      body: { n: 2 },
    });
    expect(Object.isFrozen(row)).toBe(true);
  });

  test('SQL-30 asks by entity, type and time, and page by page', async () => {
    const entityId = randomUUID();
    for (let n = 0; n < 6; n++) append(n, { n }, { type: n % 2 === 0 ? 'LOGIN' : 'AUDIT' });
    append(10, { n: 10 }, { entityId });
    append(11, { n: 11 }, { tenantId: undefined });
    append(12, { n: 12 }, { tenantId: randomUUID() });
    expect(await numbers({ type: 'LOGIN' })).toEqual([4, 2, 0]);
    expect(await numbers({ entityId: entityId.toUpperCase() })).toEqual([10]);
    expect(await numbers({ from: 2, to: 4 })).toEqual([3, 2]);
    expect(await numbers({ tenantId: undefined })).toEqual([11]);
    expect(await numbers({ limit: 0 })).toEqual([]);
    const [, second] = await database.events.query({ tenantId: TENANT, limit: 2 });
    expect(await numbers({ limit: 2, after: second!.id })).toEqual([4, 3]);
    expect(await numbers({ after: randomUUID() })).toEqual([]);
    expect(await numbers({ entityId: "' or 1=1 --" })).toEqual([]);
    expect(await numbers({ entityId: '\0' })).toEqual([]);
  });

  test('SQL-31 writes together what is appended together, in order', async () => {
    for (let n = 0; n < 2_300; n++) append(1, { n });
    await database.events.flush();
    expect(await numbers()).toEqual(Array.from({ length: 2_300 }, (_, index) => 2_299 - index));
  });

  test('SQL-31 writes by itself a moment later', async () => {
    append(1, { n: 1 });
    const engine = (database as unknown as { engine: { reads: import('../database/schema.js').Reads } }).engine;
    for (;;) {
      const rows = await engine.reads.selectFrom('events').select('id').execute();
      if (rows.length > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });

  test('SQL-32 counts what cannot be kept and tells it once, and keeps the rest', async () => {
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    append(1, circle);
    append(1, { big: 'x'.repeat(100_000) });
    append(1, {}, { entityId: 'a\0b' });
    append(1, { n: 1 });
    expect(await numbers()).toEqual([1]);
    expect(database.metrics().lostEvents).toBe(3);
    expect(logged).toEqual(['Events are lost']);
  });

  test('SQL-32 takes no more than it may hold, without holding anybody up', async () => {
    for (let n = 0; n < 25_000; n++) append(1, { n });
    expect(database.metrics().lostEvents).toBe(5_000);
    await database.events.flush();
    append(2, { n: 'next' });
    expect((await numbers({ limit: 2 }))[0]).toBe('next');
  });

  test('SQL-33 prunes by age, and by count for each tenant and type', async () => {
    const types: readonly EventType[] = ['AUDIT', 'LOGIN'];
    for (const tenantId of [TENANT, randomUUID(), undefined]) {
      for (const type of types) for (let n = 0; n < 10; n++) append(100 + n, { n }, { tenantId, type });
    }
    append(20, { n: 'old' });
    expect(await database.events.prune({ maxAgeMs: 50, maxCount: 1_000 }, 120)).toBe(1);
    expect(await database.events.prune({ maxAgeMs: 50, maxCount: 3 }, 120)).toBe(6 * 7);
    expect(await numbers({ type: 'LOGIN' })).toEqual([9, 8, 7]);
    expect(await numbers({ tenantId: undefined, type: 'AUDIT' })).toEqual([9, 8, 7]);
    expect(await database.events.prune({ maxAgeMs: 50, maxCount: 3 }, 120)).toBe(0);
  });

  test('SQL-33 deletes the events of a deleted tenant', async () => {
    const { id } = await database.registry.createTenant({ title: 'Tenant' });
    append(1, { n: 1 }, { tenantId: id });
    expect(await numbers({ tenantId: id })).toEqual([1]);
    await database.registry.deleteTenant(id);
    expect(await numbers({ tenantId: id })).toEqual([]);
  });
});
