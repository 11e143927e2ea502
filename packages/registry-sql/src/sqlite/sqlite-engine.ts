import { Kysely } from 'kysely';
import { DatabaseError } from '../database/database-error.js';
import type { Reads, Schema, Writes } from '../database/schema.js';
import type { SqlEngine } from '../database/sql-engine.js';
import { Turns } from '../database/turns.js';
import { SqliteThreadDialect, type ThreadLease } from './sqlite-dialect.js';
import { SqliteFile } from './sqlite-file.js';
import { SqliteError, SqliteThread } from './sqlite-thread.js';

/**
 * `synchronous=FULL`: a commit is on the disk before it is acknowledged, so that it outlives the loss of power, not
 * only of the process. It costs an fsync for each transaction; imports and events share one among hundreds of rows.
 * Ids are random: an import touches pages all over the indexes. With 64 MB of them in memory, and a log of 16 MB before
 * it is moved into the file, 100,000 devices take 10 s instead of 18 s.
 */
const WRITER_PRAGMAS = [
  'journal_mode=WAL',
  'synchronous=FULL',
  'foreign_keys=ON',
  'cache_size=-65536',
  'wal_autocheckpoint=4096',
];
const READER_PRAGMAS = ['query_only=ON', 'cache_size=-16384', 'busy_timeout=1000'];

/** Reads that wait at most; more are refused at once. */
const MAX_WAITING_READS = 1_000;

/** Longest time for one read, ms. */
const READ_TIMEOUT_MS = 2_000;

/**
 * SQLite in two threads: one writes, one reads. Readers see the last commit and wait for no writer (WAL). A thread that
 * dies, which would be a fault of the driver, is replaced at the next use.
 */
export class SqliteEngine implements SqlEngine {
  readonly dialect = 'sqlite';
  readonly reads: Reads = new Kysely<Schema>({ dialect: new SqliteThreadDialect(() => this.leaseReader()) });
  private readonly writes = new Kysely<Schema>({ dialect: new SqliteThreadDialect(() => this.leaseWriter()) });
  private readonly turns = new Turns();
  private writer: SqliteThread;
  private reader: SqliteThread | undefined;
  private closing: Promise<void> | undefined;
  private failureCount = 0;
  private readonly failed = (error: unknown): void => {
    // A constraint that holds is no failure of the database.
    if (!(error instanceof SqliteError && error.code.startsWith('SQLITE_CONSTRAINT'))) this.failureCount++;
  };

  private constructor(private readonly file: SqliteFile) {
    this.writer = new SqliteThread(file.path, WRITER_PRAGMAS);
  }

  /** @throws DatabaseError NOT_WRITABLE, LOCKED, NO_DATABASE */
  static async open(dataDir: string): Promise<SqliteEngine> {
    const file = SqliteFile.open(dataDir);
    const engine = new SqliteEngine(file);
    try {
      await engine.writer.opened;
      return engine;
    } catch (error) {
      await engine.close();
      throw openingError(file.path, error);
    }
  }

  transaction<T>(work: (tx: Writes) => Promise<T>): Promise<T> {
    return this.writes.transaction().execute(work);
  }

  get failures(): number {
    return this.failureCount;
  }

  isUp(): boolean {
    return this.closing === undefined;
  }

  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  /** Transactions that came before are finished. */
  private async closeAll(): Promise<void> {
    const release = await this.turns.take();
    await this.reader?.close();
    // The last connection moves what is in the log into the file.
    await this.writer.close();
    this.file.release();
    release();
  }

  private async leaseWriter(): Promise<ThreadLease> {
    if (this.closing !== undefined) throw this.refusal(closed());
    const release = await this.turns.take();
    if (!this.writer.isAlive) this.writer = new SqliteThread(this.file.path, WRITER_PRAGMAS);
    return { thread: this.writer, failed: this.failed, release };
  }

  private leaseReader(): Promise<ThreadLease> {
    if (this.closing !== undefined) return Promise.reject(this.refusal(closed()));
    if (this.reader?.isAlive !== true) this.reader = new SqliteThread(this.file.path, READER_PRAGMAS);
    if (this.reader.load >= MAX_WAITING_READS) {
      const busy = new DatabaseError('BUSY', `${MAX_WAITING_READS} reads wait for the database already`);
      return Promise.reject(this.refusal(busy));
    }
    const { reader: thread, failed } = this;
    return Promise.resolve({ thread, timeoutMs: READ_TIMEOUT_MS, failed, release: () => undefined });
  }

  private refusal(error: DatabaseError): DatabaseError {
    this.failureCount++;
    return error;
  }
}

function closed(): DatabaseError {
  return new DatabaseError('CLOSED', 'The database is closed');
}

function openingError(path: string, error: unknown): unknown {
  if (!(error instanceof SqliteError)) return error;
  if (error.code === 'SQLITE_NOTADB' || error.code === 'SQLITE_CORRUPT') {
    return new DatabaseError(
      'NO_DATABASE',
      `${path} is no SQLite database (${error.message}): move it away, restore a backup, or set another DATA_DIR`,
    );
  }
  return new DatabaseError('NOT_WRITABLE', `The database ${path} cannot be opened (${error.message})`);
}
