import type { Logger } from '@device-messaging/plugin-api';
import { Kysely, sql } from 'kysely';
import type { Reads, Schema, Writes } from '../database/schema.js';
import { DatabaseError } from '../database/database-error.js';
import type { SqlEngine } from '../database/sql-engine.js';
import { PostgresPoolDialect } from './postgres-dialect.js';
import { PostgresPool } from './postgres-pool.js';

/** Connections of one node. Reads have their own, so that an import or a long transaction never takes them all. */
const READ_CONNECTIONS = 8;
const WRITE_CONNECTIONS = 4;

/** Longest time for a connection and for one read, ms. */
const READ_TIMEOUT_MS = 2_000;

/** Longest time for one statement of a transaction, ms: a tenant with a million devices is deleted by one. */
const WRITE_TIMEOUT_MS = 60_000;

/** SQLSTATEs of transactions that may succeed when they are run again: `serialization_failure`, `deadlock_detected`. */
const CONFLICTS = new Set(['40001', '40P01']);
const MAX_ATTEMPTS = 3;

/** PostgreSQL by URL, TLS included (`sslmode`). It reconnects by itself. */
export class PostgresEngine implements SqlEngine {
  readonly dialect = 'postgres';
  readonly reads: Reads;
  private readonly writes: Reads;
  private readonly readPool: PostgresPool;
  private readonly writePool: PostgresPool;

  private constructor(where: string, url: string, logger: Logger) {
    const common = { url, where, connectTimeoutMs: READ_TIMEOUT_MS };
    const onUp = (isUp: boolean, error?: Error): void => {
      if (isUp) logger.info('The database is back', { where });
      else logger.error('The database is away: what is in memory goes on being answered', { where, error });
    };
    this.readPool = new PostgresPool({ ...common, size: READ_CONNECTIONS, statementTimeoutMs: READ_TIMEOUT_MS, onUp });
    this.writePool = new PostgresPool({
      ...common,
      size: WRITE_CONNECTIONS,
      statementTimeoutMs: WRITE_TIMEOUT_MS,
      onUp: () => undefined,
    });
    this.reads = new Kysely<Schema>({ dialect: new PostgresPoolDialect(this.readPool) });
    this.writes = new Kysely<Schema>({ dialect: new PostgresPoolDialect(this.writePool) });
  }

  /** @throws DatabaseError UNREACHABLE, REFUSED */
  static async open(url: string, logger: Logger): Promise<PostgresEngine> {
    const engine = new PostgresEngine(describeUrl(url), url, logger);
    try {
      await sql`select 1`.execute(engine.writes);
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  /** Two nodes that get in each other's way are put in order: the transaction that PostgreSQL gives up runs again. */
  async transaction<T>(work: (tx: Writes) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.writes.transaction().execute(work);
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !CONFLICTS.has((error as { code?: string }).code ?? '')) throw error;
      }
    }
  }

  isUp(): boolean {
    return this.readPool.isUp;
  }

  get failures(): number {
    return this.readPool.failures + this.writePool.failures;
  }

  async close(): Promise<void> {
    await Promise.all([this.readPool.close(), this.writePool.close()]);
  }
}

/** Host, port and database: what may be told of a URL. */
function describeUrl(url: string): string {
  try {
    const { protocol, hostname, port, pathname } = new URL(url);
    if (protocol !== 'postgres:' && protocol !== 'postgresql:') throw new Error(protocol);
    return `${hostname || 'localhost'}:${port || '5432'}${pathname}`;
  } catch {
    // What is wrong with it is not repeated: it holds a password.
    throw new DatabaseError('REFUSED', 'DATABASE_URL is not of the form postgres://user:password@host:5432/database');
  }
}
