import {
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely';
import type { PoolClient } from 'pg';
import { isConnectionFailure } from './connection-failure.js';
import type { PostgresPool } from './postgres-pool.js';

/** Kysely on {@link PostgresPool}. */
export class PostgresPoolDialect implements Dialect {
  constructor(private readonly pool: PostgresPool) {}

  createDriver(): Driver {
    return new PoolDriver(this.pool);
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(db: Kysely<unknown>): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }
}

const COUNTED = new Set(['INSERT', 'UPDATE', 'DELETE']);

/**
 * A connection for one query or one transaction. Connections die unseen: the first statement, when it changes nothing,
 * is run once more on a new one.
 */
class PoolConnection implements DatabaseConnection {
  private failure: unknown;
  private isFresh = true;

  constructor(
    private readonly pool: PostgresPool,
    private client: PoolClient | undefined,
  ) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const isHarmless = query.query.kind === 'SelectQueryNode' || query.sql === 'begin';
    const isRepeatable = this.isFresh && isHarmless;
    this.isFresh = false;
    try {
      return await this.run<R>(query);
    } catch (error) {
      if (!isRepeatable || !isConnectionFailure(error)) throw this.pool.describe(error);
    }
    this.release();
    this.client = await this.pool.connect();
    try {
      return await this.run<R>(query);
    } catch (error) {
      throw this.pool.describe(error);
    }
  }

  streamQuery(): never {
    throw new Error('Rows are read in pages, not in streams');
  }

  release(): void {
    const { client, failure } = this;
    this.client = undefined;
    this.failure = undefined;
    if (client !== undefined) this.pool.release(client, failure);
  }

  private async run<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    if (this.client === undefined) throw new Error('The connection was given back');
    try {
      const { command, rowCount, rows } = await this.client.query<R & object>(sql, [...parameters]);
      const counted = COUNTED.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {};
      return { ...counted, rows };
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

class PoolDriver implements Driver {
  constructor(private readonly pool: PostgresPool) {}

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<PoolConnection> {
    return new PoolConnection(this.pool, await this.pool.connect());
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('rollback'));
    } catch {
      // The connection is gone, and the transaction with it: the error that brought us here says more.
    }
  }

  releaseConnection(connection: PoolConnection): Promise<void> {
    connection.release();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}
