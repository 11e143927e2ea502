import { openDatabase } from '@device-messaging/registry-sql';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(import.meta.dirname, 'programs/sqlite-writer.mjs');

/** A process that makes devices in a SQLite database. */
class Writer {
  private readonly child: ChildProcess;
  readonly lines: string[] = [];

  constructor(dataDir: string) {
    this.child = spawn(process.execPath, [PROGRAM, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.lines.push(line));
  }

  /** Until it printed so many lines, or ended. */
  async printed(count: number): Promise<void> {
    while (this.lines.length < count && this.child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'close');
  }

  async ended(): Promise<void> {
    if (this.child.exitCode === null) await once(this.child, 'close');
  }
}

describe('The SQLite file', () => {
  let dataDir: string;
  const writers: Writer[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sqlite-file-'));
  });

  afterEach(async () => {
    for (const writer of writers.splice(0)) await writer.kill();
    await rm(dataDir, { recursive: true, force: true });
  });

  function start(): Writer {
    const writer = new Writer(dataDir);
    writers.push(writer);
    return writer;
  }

  test('SQL-9 has every row that was acknowledged before the process was killed, and opens at once', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      const writer = start();
      await writer.printed(20 + 7 * round);
      await writer.kill();
      acknowledged.push(...writer.lines.slice(1));
      const database = await openDatabase({ dataDir, logger: { debug, info: debug, warn: debug, error: debug } });
      const found: string[] = [];
      for (const { id } of await database.registry.listTenants({ limit: 100 })) {
        const rows = await database.registry.listDeviceRows(id, { limit: 10_000 });
        found.push(...rows.map(({ name }) => name));
      }
      await database.close();
      expect(acknowledged.length).toBeGreaterThan(10);
      for (const name of new Set(acknowledged)) {
        const count = acknowledged.filter((other) => other === name).length;
        expect(found.filter((other) => other === name).length).toBeGreaterThanOrEqual(count);
      }
    }
  });

  test('SQL-3 is refused to a second process with one line, and is free when the first was killed', async () => {
    const first = start();
    await first.printed(1);
    const second = start();
    await second.ended();
    expect(second.lines).toEqual([
      `refused Another process has the database ${join(dataDir, 'device-messaging.db')} open: stop it, set another DATA_DIR, or share a PostgreSQL by DATABASE_URL`,
    ]);
    const before = first.lines.length;
    await first.printed(before + 3);
    expect(first.lines.length).toBeGreaterThan(before);
    await first.kill();
    const third = start();
    await third.printed(1);
    expect(third.lines[0]).toBe('open');
  });
});

function debug(): void {
  // What the database logs is of no interest here.
}
