import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely';
import type { SqliteThread, StatementResult } from './sqlite-thread.js';

/** Kysely on a thread: see {@link SqliteThread}. */
export class SqliteThreadDialect implements Dialect {
  /** @param thread one that is alive; a dead one is replaced by whoever has it */
  constructor(private readonly thread: () => Promise<ThreadLease>) {}

  createDriver(): Driver {
    return new ThreadDriver(this.thread);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new SqliteAdapter();
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** The use of a thread, until it is given back. */
export interface ThreadLease {
  readonly thread: SqliteThread;
  /** Longest time for a statement, ms. Absent: as long as it takes. */
  readonly timeoutMs?: number;
  /** Told of every statement that failed. */
  failed(error: unknown): void;
  release(): void;
}

class ThreadConnection implements DatabaseConnection {
  constructor(readonly lease: ThreadLease) {}

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = await this.run(sql, parameters);
    // The message's array belongs to Node.js's realm, and so would all that is mapped from it: where the program runs in
    // another, as under jest, it would be an array that is none.
    return { rows: Array.from(rows as R[]), numAffectedRows: BigInt(changes) };
  }

  streamQuery(): never {
    throw new Error('Rows are read in pages, not in streams');
  }

  private async run(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    const { thread, timeoutMs } = this.lease;
    try {
      return await thread.run(sql, parameters, timeoutMs);
    } catch (error) {
      this.lease.failed(error);
      throw error;
    }
  }
}

class ThreadDriver implements Driver {
  constructor(private readonly thread: () => Promise<ThreadLease>) {}

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<ThreadConnection> {
    return new ThreadConnection(await this.thread());
  }

  /** Immediate: the only writer never fails later for want of the lock. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('rollback'));
    } catch {
      // SQLite rolled back by itself (a full disk), or the thread died and the transaction with it: the error that
      // brought us here says more.
    }
  }

  releaseConnection(connection: ThreadConnection): Promise<void> {
    connection.lease.release();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}
