import { Pool, types, type PoolClient, type PoolConfig } from 'pg';
import { DatabaseError } from '../database/database-error.js';
import { connectionError, isConnectionFailure, isRefusedRow } from './connection-failure.js';

/** PostgreSQL's `int8`: counts, times in ms and versions, all of them below 2^53. The driver hands them out as texts. */
const INT8 = 20;

/** SQLSTATE of a statement that took longer than it may. */
const QUERY_CANCELED = '57014';

/** Who waits for a connection at most; more are refused at once. */
const MAX_WAITING = 1_000;

/** Pause between attempts to reach a server that is away, ms. */
const PROBE_MS = 500;

export interface PoolOptions {
  readonly url: string;
  /** What is told of the server: host, port and database. */
  readonly where: string;
  readonly size: number;
  /** How long to wait for a connection, ms. */
  readonly connectTimeoutMs: number;
  /** How long a statement may take, ms. */
  readonly statementTimeoutMs: number;
  /** Told when the server goes away and when it is back. */
  readonly onUp: (isUp: boolean, error?: Error) => void;
}

/**
 * Connections to PostgreSQL. When one fails as a connection, all that are as old are given up, and until the server
 * answers again everybody is refused at once, so that nothing piles up behind a server that is away.
 */
export class PostgresPool {
  private readonly pool: Pool;
  private readonly generations = new WeakMap<PoolClient, number>();
  private generation = 0;
  private isDown: DatabaseError | undefined;
  private probe: NodeJS.Timeout | undefined;
  private isClosed = false;
  private failureCount = 0;

  constructor(private readonly options: PoolOptions) {
    this.pool = new Pool(poolConfig(options));
    // A connection that breaks while nobody uses it: the pool drops it by itself, and whoever comes next opens another.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => {
      this.generations.set(client, this.generation);
      // While it is in use the pool does not listen, and an event that nobody hears would end the process. Whoever uses
      // the connection learns of it by the query that fails.
      client.on('error', () => undefined);
    });
  }

  get isUp(): boolean {
    return this.isDown === undefined;
  }

  /** Counter: statements that were not carried out, and those that there was no connection for. */
  get failures(): number {
    return this.failureCount;
  }

  /** @throws DatabaseError */
  async connect(): Promise<PoolClient> {
    try {
      return await this.lease();
    } catch (error) {
      this.failureCount++;
      throw error;
    }
  }

  private async lease(): Promise<PoolClient> {
    if (this.isDown !== undefined) throw this.isDown;
    if (this.isClosed) throw new DatabaseError('CLOSED', 'The database is closed');
    if (this.pool.waitingCount >= MAX_WAITING) {
      throw new DatabaseError('BUSY', `${MAX_WAITING} queries wait for a connection to the database already`);
    }
    for (;;) {
      const client = await this.open();
      if (this.generations.get(client) === this.generation) return client;
      client.release(true);
    }
  }

  /** @param error what the last statement failed with, if it did */
  release(client: PoolClient, error?: unknown): void {
    const isDead = error !== undefined && isConnectionFailure(error);
    if (isDead && this.generations.get(client) === this.generation) this.generation++;
    client.release(isDead);
  }

  /** What whoever asked is told of a statement's failure: what the server said, or that it cannot be reached. */
  describe(error: unknown): unknown {
    if (!isRefusedRow(error)) this.failureCount++;
    if ((error as { code?: unknown }).code === QUERY_CANCELED) {
      const { statementTimeoutMs } = this.options;
      return new DatabaseError('BUSY', `The database did not answer within ${statementTimeoutMs} ms`, { cause: error });
    }
    return isConnectionFailure(error) ? connectionError(error, this.options.where) : error;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.probe);
    await this.pool.end();
  }

  private async open(): Promise<PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      // All connections are in use, which says nothing of the server.
      if ((error as Error).message === 'timeout exceeded when trying to connect') {
        throw new DatabaseError(
          'BUSY',
          `No connection to the database was free for ${this.options.connectTimeoutMs} ms`,
        );
      }
      const failure = connectionError(error, this.options.where);
      if (!this.isClosed) this.goDown(failure);
      throw failure;
    }
  }

  private goDown(failure: DatabaseError): void {
    if (this.isDown !== undefined) return;
    this.isDown = failure;
    this.options.onUp(false, failure);
    this.probeLater();
  }

  private probeLater(): void {
    this.probe = setTimeout(() => {
      this.pool.connect().then(
        (client) => {
          client.release();
          this.isDown = undefined;
          this.options.onUp(true);
        },
        () => {
          if (!this.isClosed) this.probeLater();
        },
      );
    }, PROBE_MS);
    this.probe.unref();
  }
}

function poolConfig({ url, size, connectTimeoutMs, statementTimeoutMs }: PoolOptions): PoolConfig {
  return {
    connectionString: url,
    max: size,
    connectionTimeoutMillis: connectTimeoutMs,
    // The server ends it first; the client gives up on a server that does not.
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 500,
    // A transaction whose node died must not keep its locks.
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: 'device-messaging',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : (types.getTypeParser(oid, format) as (value: string) => unknown),
    },
  };
}
