import { afterEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { DatabaseError } from '../database/database-error.js';
import { SqliteDatabases } from '../spec-support/sqlite-databases.js';
import { SqliteEngine } from './sqlite-engine.js';
import { SqliteThread } from './sqlite-thread.js';

const databases = new SqliteDatabases();

afterEach(() => databases.dispose());

describe('SqliteThread', () => {
  async function openThread(): Promise<SqliteThread> {
    const thread = new SqliteThread(`${await databases.newDirectory()}/test.db`, []);
    await thread.opened;
    return thread;
  }

  test('SQL-6 lets nothing through to the driver that would end the process or be cut', async () => {
    const thread = await openThread();
    await thread.run('create table texts (text)', []);
    for (const parameter of [true, undefined, { a: 1 }, 5n, 'a\0b']) {
      await expect(async () => thread.run('insert into texts values (?)', [parameter])).rejects.toThrow(TypeError);
    }
    await thread.run('insert into texts values (?), (?), (?)', ['é', 1.5, null]);
    const { rows } = await thread.run('select text from texts order by rowid', []);
    expect(Array.from(rows)).toEqual([{ text: 'é' }, { text: 1.5 }, { text: null }]);
    await thread.close();
  });

  test('tells what SQLite says, and goes on', async () => {
    const thread = await openThread();
    await expect(thread.run('no sql', [])).rejects.toMatchObject({ code: 'SQLITE_ERROR', name: 'SqliteError' });
    expect((await thread.run('select 1 as one', [])).rows).toHaveLength(1);
    await thread.close();
  });

  test('runs what was given before it is closed, and refuses what comes later', async () => {
    const thread = await openThread();
    const before = thread.run('select 1 as one', []);
    await thread.close();
    expect((await before).rows).toHaveLength(1);
    await expect(thread.run('select 1', [])).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('SqliteEngine', () => {
  /** Ends a thread as a fault of the driver would. */
  async function kill(engine: SqliteEngine, which: 'reader' | 'writer'): Promise<void> {
    const threads = engine as unknown as Record<typeof which, { readonly worker: { terminate(): Promise<number> } }>;
    await threads[which].worker.terminate();
  }

  test('SQL-17 replaces a thread that died; what was under way is refused, and nothing of it remains', async () => {
    const engine = await SqliteEngine.open(await databases.newDirectory());
    await engine.transaction((tx) => sql`create table numbers (n integer)`.execute(tx));
    const count = async (): Promise<number> => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from numbers`.execute(engine.reads);
      return rows[0]!.n;
    };
    expect(await count()).toBe(0);
    const interrupted = engine.transaction(async (tx) => {
      await sql`insert into numbers values (1)`.execute(tx);
      await kill(engine, 'writer');
      await sql`insert into numbers values (2)`.execute(tx);
    });
    await expect(interrupted).rejects.toBeInstanceOf(DatabaseError);
    expect(engine.failures).toBeGreaterThan(0);
    await kill(engine, 'reader');
    expect(await count()).toBe(0);
    await engine.transaction((tx) => sql`insert into numbers values (3)`.execute(tx));
    expect(await count()).toBe(1);
    await engine.close();
  });
});
