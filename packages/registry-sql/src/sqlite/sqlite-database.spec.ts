import { afterEach, describe, expect, test } from '@jest/globals';
import Database from 'libsql';
import { createHash } from 'node:crypto';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseError } from '../database/database-error.js';
import { migrate, MIGRATIONS } from '../database/migrator.js';
import type { SqlEngine } from '../database/sql-engine.js';
import { SILENT } from '../spec-support/silent-logger.js';
import { SqliteDatabases } from '../spec-support/sqlite-databases.js';
import { SqlDatabase } from '../sql-database.js';
import { SqliteEngine } from './sqlite-engine.js';

const databases = new SqliteDatabases();

afterEach(() => databases.dispose());

async function refusalOf(dataDir: string): Promise<DatabaseError> {
  try {
    await databases.create({ dataDir });
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  }
  throw new Error('The database was opened');
}

describe('The SQLite database', () => {
  test('SQL-1 makes directory and schema at the first start, and finds its rows at the next', async () => {
    const dataDir = join(await databases.newDirectory(), 'deep', 'data');
    const first = await SqlDatabase.open({ dataDir, logger: SILENT });
    expect(first.migration).toEqual({ from: 0, to: MIGRATIONS.length });
    const tenant = await first.registry.createTenant({ title: 'Tenant' });
    await first.close();
    const second = await databases.create({ dataDir });
    expect(second.migration).toEqual({ from: MIGRATIONS.length, to: MIGRATIONS.length });
    expect(await second.registry.findTenant(tenant.id)).toEqual(tenant);
  });

  test('SQL-1 keeps its files from other users', async () => {
    const dataDir = join(await databases.newDirectory(), 'data');
    const database = await databases.create({ dataDir });
    await database.registry.createTenant({ title: 'Tenant' });
    expect(statSync(dataDir).mode & 0o077).toBe(0);
    for (const suffix of ['', '-wal', '-shm', '.lock']) {
      expect(statSync(join(dataDir, `device-messaging.db${suffix}`)).mode & 0o077).toBe(0);
    }
  });

  test('SQL-2 refuses a schema that is newer than it knows, saying both versions, and leaves it alone', async () => {
    const dataDir = await databases.newDirectory();
    await (await SqlDatabase.open({ dataDir, logger: SILENT })).close();
    const file = new Database(join(dataDir, 'device-messaging.db'));
    file.exec(`insert into schema_versions (version, applied_at) values (99, 0)`);
    file.close();
    const { code, message } = await refusalOf(dataDir);
    expect([code, message]).toEqual([
      'NEWER_SCHEMA',
      `The database has schema version 99, this program knows versions up to ${MIGRATIONS.length}: run the newer program, or restore a backup from before it`,
    ]);
    expect((await refusalOf(dataDir)).code).toBe('NEWER_SCHEMA');
  });

  test('SQL-2 leaves the schema as it was when a step of a migration fails', async () => {
    const engine: SqlEngine = await SqliteEngine.open(await databases.newDirectory());
    const failing = {
      version: MIGRATIONS.length + 1,
      up: async (tx: Parameters<(typeof MIGRATIONS)[number]['up']>[0]) => {
        await tx.schema.createTable('half_made').addColumn('id', 'text').execute();
        throw new Error('does not work');
      },
    };
    await expect(migrate(engine, 0, [...MIGRATIONS, failing])).rejects.toThrow('does not work');
    expect(await migrate(engine, 0)).toEqual({ from: 0, to: MIGRATIONS.length });
    const tables = await engine.reads.introspection.getTables();
    expect(tables.map(({ name }) => name)).not.toContain('half_made');
    await engine.close();
  });

  test('SQL-3 refuses a file that another has open, naming it and what to do', async () => {
    const dataDir = await databases.newDirectory();
    const first = await SqlDatabase.open({ dataDir, logger: SILENT });
    const { code, message } = await refusalOf(dataDir);
    expect([code, message]).toEqual([
      'LOCKED',
      `Another process has the database ${join(dataDir, 'device-messaging.db')} open: stop it, set another DATA_DIR, or share a PostgreSQL by DATABASE_URL`,
    ]);
    await first.close();
    await databases.create({ dataDir });
  });

  test('SQL-4 says in one line what is wrong with a file or a directory', async () => {
    const dataDir = await databases.newDirectory();
    writeFileSync(join(dataDir, 'device-messaging.db'), 'This is a text, and no database. '.repeat(200));
    const noDatabase = await refusalOf(dataDir);
    expect(noDatabase.code).toBe('NO_DATABASE');
    expect(noDatabase.message).toMatch(/device-messaging\.db is no SQLite database \(.*\): move it away/);
    const file = join(await databases.newDirectory(), 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'data')]) {
      const { code, message } = await refusalOf(path);
      expect(code).toBe('NOT_WRITABLE');
      expect(message).toMatch(/^The database \S+ cannot be written \(.*\): set DATA_DIR$/);
    }
    for (const { message } of [noDatabase]) expect(message).not.toContain('\n');
  });

  test('SQL-4 opens no file a second time after a refusal: the lock is given up', async () => {
    const dataDir = await databases.newDirectory();
    const path = join(dataDir, 'device-messaging.db');
    writeFileSync(path, 'This is a text, and no database. '.repeat(200));
    await refusalOf(dataDir);
    writeFileSync(path, '');
    chmodSync(path, 0o600);
    await databases.create({ dataDir });
  });

  test('SQL-5 keeps the event loop free while 100,000 devices are imported, and takes less than 30 s', async () => {
    const { registry } = await databases.create();
    const tenantId = (await registry.createTenant({ title: 'Tenant' })).id;
    const customerId = (await registry.createCustomer({ tenantId, title: 'Customer' })).id;
    const known = await registry.createDevice({ tenantId, customerId: undefined, name: 'Known', type: 'default' });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const start = performance.now();
    delay.enable();
    for (let batch = 0; batch < 100; batch++) {
      await Promise.all(
        Array.from({ length: 1_000 }, async (_, index) => {
          const name = `device-${batch}-${index}`;
          const digest = createHash('sha256').update(name).digest('hex');
          return registry.createDevice(
            { tenantId, customerId, name, type: 'default' },
            { type: 'ACCESS_TOKEN', digest },
          );
        }),
      );
      expect((await registry.findDevice(known.id))?.name).toBe('Known');
    }
    delay.disable();
    expect(performance.now() - start).toBeLessThan(30_000);
    // A batch is made ready in a few ms; the disk's time, a hundred times as much, is another thread's.
    expect(delay.percentile(99) / 1e6).toBeLessThan(100);
    const page = await registry.listDevices(tenantId, { customerId, limit: 2 });
    expect(page.map(({ name }) => name)).toEqual(['device-0-0', 'device-0-1']);
  }, 60_000);

  test('SQL-6 refuses texts that it could not give back, and finds nothing by them', async () => {
    const { registry, accounts } = await databases.create();
    const tenantId = (await registry.createTenant({ title: 'Tenant' })).id;
    await registry.createDevice({ tenantId, customerId: undefined, name: 'Boiler', type: 'default' });
    for (const name of ['Boiler\0', '\ud800', 'x'.repeat(256)]) {
      const device = { tenantId, customerId: undefined, name, type: 'default' };
      await expect(registry.createDevice(device)).rejects.toMatchObject({ code: 'INVALID' });
      expect(await registry.listDeviceRows(tenantId, { limit: 9, name })).toEqual([]);
      expect(await registry.findDeviceByName(tenantId, name)).toBeUndefined();
      expect(await accounts.findUserSecret(name)).toBeUndefined();
    }
    const name = `${'é'.repeat(250)}'"\\%`;
    await registry.createDevice({ tenantId, customerId: undefined, name, type: 'default' });
    expect((await registry.findDeviceByName(tenantId, name))?.name).toBe(name);
  });

  test('SQL-7 finishes what was begun when it is closed, and refuses what comes later', async () => {
    const dataDir = await databases.newDirectory();
    const database = await SqlDatabase.open({ dataDir, logger: SILENT });
    const begun = Array.from({ length: 20 }, async (_, index) => database.registry.createTenant({ title: `${index}` }));
    database.events.append({ tenantId: undefined, type: 'LIFECYCLE', entityId: undefined, at: 1, body: {} });
    await database.close();
    const made = await Promise.all(begun);
    await expect(database.registry.createTenant({ title: 'late' })).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(database.registry.listTenants({ limit: 1 })).rejects.toMatchObject({ code: 'CLOSED' });
    const again = await databases.create({ dataDir });
    const kept = await again.registry.listTenants({ limit: 100 });
    expect(kept.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    expect(await again.events.query({ tenantId: undefined, limit: 9 })).toHaveLength(1);
  });

  test('SQL-8 makes devices that are asked for together each or not, whatever is wrong with others', async () => {
    const { registry } = await databases.create();
    const tenantId = (await registry.createTenant({ title: 'Tenant' })).id;
    const device = (name: string, customerId?: string) => ({ tenantId, customerId, name, type: 'default' });
    const digest = createHash('sha256').update('token').digest('hex');
    const outcomes = await Promise.allSettled([
      registry.createDevice(device('a')),
      registry.createDevice(device('')),
      registry.createDevice(device('b'), { type: 'ACCESS_TOKEN', digest }),
      registry.createDevice(device('c'), { type: 'ACCESS_TOKEN', digest }),
      registry.createDevice(device('d', tenantId)),
      registry.createDevice({ ...device('e'), id: 'no id' }),
      registry.createDevice(device('f'), { type: 'ACCESS_TOKEN', digest: 'no digest' }),
      registry.createDevice(device('g')),
    ]);
    const codes = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.name : (outcome.reason as { code: string }).code,
    );
    expect(codes).toEqual(['a', 'INVALID', 'b', 'ALREADY_EXISTS', 'NOT_FOUND', 'INVALID', 'INVALID', 'g']);
    const rows = await registry.listDeviceRows(tenantId, { limit: 9 });
    expect(rows.map(({ name }) => name)).toEqual(['a', 'b', 'g']);
  });
});
