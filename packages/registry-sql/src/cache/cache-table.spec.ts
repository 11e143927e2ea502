import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { CacheCounters, CacheTable } from './cache-table.js';
import { EntryRing, type CacheLimits } from './entry-ring.js';

const ROOMY: CacheLimits = { maxEntries: 1_000, maxBytes: 1_000_000 };

function newTable(limits: CacheLimits = ROOMY, negativeLimits: CacheLimits = ROOMY) {
  const [ring, negatives, counters] = [new EntryRing(limits), new EntryRing(negativeLimits), new CacheCounters()];
  const table = new CacheTable<string>(ring, negatives, counters, {
    sizeOf: (value) => value?.length ?? 1,
    groupsOf: (value) => (value === null ? ['none'] : [value.charAt(0)]),
  });
  return { table, ring, negatives, counters };
}

/** A query that the test answers. */
function pendingQuery() {
  let answer!: (value: string | null) => void;
  let fail!: (error: Error) => void;
  const promise = new Promise<string | null>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  return { query: () => promise, answer, fail };
}

/** What may happen to a cache: a row changes, somebody asks, the database looks at a row, its answer arrives. */
interface Step {
  readonly do: 'change' | 'read' | 'look' | 'answer';
  readonly number: number;
}

/** A query that looks at the database at some time after it was sent, and is answered later still. */
class SlowQuery {
  private readonly pending = pendingQuery();
  private seen: string | undefined;

  constructor(private readonly database: () => string) {}

  get promise(): Promise<string | null> {
    return this.pending.query();
  }

  look(): void {
    this.seen ??= this.database();
  }

  answer(): void {
    this.look();
    this.pending.answer(this.seen!);
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('CacheTable', () => {
  test('SQL-10 asks once for all who miss the same, and answers from memory afterwards', async () => {
    const { table, counters } = newTable();
    const { query, answer } = pendingQuery();
    let asked = 0;
    const counted = () => {
      asked++;
      return query();
    };
    const answers = [table.load('key', counted), table.load('key', counted), table.load('key', counted)];
    expect(table.peek('key')).toBeUndefined();
    answer('value');
    expect(await Promise.all(answers)).toEqual(['value', 'value', 'value']);
    expect([asked, table.peek('key'), counters.hits]).toEqual([1, 'value', 1]);
  });

  test('SQL-10 remembers that there is none, and does not remember a failure', async () => {
    const { table } = newTable();
    expect(await table.load('none', () => Promise.resolve(null))).toBeNull();
    expect(table.peek('none')).toBeNull();
    await expect(table.load('key', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(table.peek('key')).toBeUndefined();
    expect(await table.load('key', () => Promise.resolve('value'))).toBe('value');
  });

  test('SQL-11 keeps no answer of a query that began before its key was evicted', async () => {
    const { table } = newTable();
    for (const evict of [
      () => table.evict('key'),
      () => table.evictGroup('some group'),
      () => table.evictWhere(() => false),
      () => table.clear(),
    ]) {
      const [early, late] = [pendingQuery(), pendingQuery()];
      const first = table.load('key', early.query);
      evict();
      const second = table.load('key', late.query);
      early.answer('old');
      expect(await first).toBe('old');
      expect(table.peek('key')).toBeUndefined();
      late.answer('new');
      expect(await second).toBe('new');
      expect(table.peek('key')).toBe('new');
      table.clear();
    }
  });

  test('SQL-11 is never older than the last change that was announced before it was asked', async () => {
    const steps = fc.array(
      fc.record({
        do: fc.constantFrom('change' as const, 'read' as const, 'look' as const, 'answer' as const),
        number: fc.nat(2),
      }),
      { maxLength: 80 },
    );
    const run = async (script: readonly Step[]) => {
      const { table } = newTable();
      const versions = [0, 0, 0];
      const queries: SlowQuery[] = [];
      const checks: Promise<void>[] = [];
      const read = (key: number): void => {
        const least = versions[key]!;
        const check = (value: string | null) => expect(Number(value)).toBeGreaterThanOrEqual(least);
        const known = table.peek(`key-${key}`);
        if (known !== undefined) {
          check(known);
          return;
        }
        const query = new SlowQuery(() => String(versions[key]));
        checks.push(table.load(`key-${key}`, () => (queries.push(query), query.promise)).then(check));
      };
      for (const step of script) {
        if (step.do === 'read') read(step.number);
        else if (step.do === 'change') {
          versions[step.number]!++;
          table.evict(`key-${step.number}`);
        } else if (queries.length > 0) {
          const at = step.number % queries.length;
          queries[at]!.look();
          if (step.do === 'look') continue;
          queries.splice(at, 1)[0]!.answer();
          await settled();
        }
      }
      for (const query of queries) query.answer();
      await Promise.all(checks);
    };
    await fc.assert(fc.asyncProperty(steps, run), { numRuns: 300 });
  });

  test('SQL-12 holds no more entries and bytes than it may, and gives up first what is not asked for', async () => {
    const { table, ring } = newTable({ maxEntries: 100, maxBytes: 1_000 });
    const put = (key: string, value: string) => table.load(key, () => Promise.resolve(value));
    for (let index = 0; index < 500; index++) {
      await put(`key-${index}`, 'abc');
      table.peek('key-0');
      expect(ring.entries).toBeLessThanOrEqual(100);
    }
    expect([ring.entries, table.peek('key-0'), table.peek('key-1')]).toEqual([100, 'abc', undefined]);
    for (let index = 0; index < 50; index++) await put(`long-${index}`, 'x'.repeat(90));
    expect(ring.bytes).toBeLessThanOrEqual(1_000);
    await put('huge', 'x'.repeat(2_000));
    expect(table.peek('huge')).toBeUndefined();
  });

  test('SQL-12 lets questions for what is not there displace nothing that is', async () => {
    const { table, negatives } = newTable(ROOMY, { maxEntries: 10, maxBytes: 1_000 });
    await table.load('key', () => Promise.resolve('value'));
    for (let index = 0; index < 5_000; index++) await table.load(`none-${index}`, () => Promise.resolve(null));
    expect([negatives.entries, table.peek('key')]).toEqual([10, 'value']);
  });

  test('is what a map of the entries within its limits is, whatever is put, asked and evicted', async () => {
    const commands = fc.array(fc.tuple(fc.constantFrom('put', 'peek', 'evict', 'group'), fc.nat(9)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(commands, async (script) => {
        const { table, ring } = newTable();
        const model = new Map<string, string>();
        for (const [command, number] of script) {
          const [key, group] = [`key-${number}`, number % 2 === 0 ? 'e' : 'o'];
          if (command === 'put' && !model.has(key)) {
            await table.load(key, () => Promise.resolve(`${group}${number}`));
            model.set(key, `${group}${number}`);
          } else if (command === 'peek') expect(table.peek(key)).toBe(model.get(key));
          else if (command === 'evict') {
            table.evict(key);
            model.delete(key);
          } else if (command === 'group') {
            table.evictGroup(group);
            for (const [name, value] of model) if (value.startsWith(group)) model.delete(name);
          }
          expect(ring.entries).toBe(model.size);
        }
      }),
    );
  });
});
