import type {
  AccountStore,
  DeviceRegistry,
  EventStore,
  RegistryAdmin,
  RegistryChange,
} from '@device-messaging/host-api';
import type { Clock, Logger } from '@device-messaging/plugin-api';
import { SqlAccountStore } from './accounts/sql-account-store.js';
import { RegistryCache } from './cache/registry-cache.js';
import type { CacheLimits } from './cache/entry-ring.js';
import { readChanges, type MissedChanges } from './database/change-log.js';
import { migrate, type MigrationReport } from './database/migrator.js';
import type { SqlEngine } from './database/sql-engine.js';
import { SqlEventStore } from './events/sql-event-store.js';
import { PostgresEngine } from './postgres/postgres-engine.js';
import { SqlRegistry } from './registry/sql-registry.js';
import { SqliteEngine } from './sqlite/sqlite-engine.js';

/** Which database, and what it needs of the program. */
export interface DatabaseOptions {
  /** Directory of the SQLite file; made when it is missing. Not used with a `databaseUrl`. */
  readonly dataDir: string;
  /** `postgres://user:password@host:5432/database`, with `sslmode` and the like as the driver `pg` takes them. */
  readonly databaseUrl?: string | undefined;
  readonly logger: Logger;
  /** Stamps new rows; the system's when absent. */
  readonly clock?: Clock | undefined;
  /** How much of the registry is kept in memory. */
  readonly cache?: CacheLimits | undefined;
}

/** What is measured of a database. */
export interface DatabaseMetrics {
  /** Whether the database answered lately. */
  readonly isUp: boolean;
  /** Counter: statements and transactions that it did not carry out: away, too busy, broken. Refused rows are none. */
  readonly failures: number;
  /** Counters: answers from memory, and answers that needed a query. */
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly cacheEntries: number;
  /** Roughly. */
  readonly cacheBytes: number;
  /** Counter: events that could not be kept. */
  readonly lostEvents: number;
}

/** An open database, its schema up to date, and what the program keeps in it. */
export class SqlDatabase {
  private readonly cache: RegistryCache;
  private readonly eventStore: SqlEventStore;
  private readonly sqlRegistry: SqlRegistry;
  readonly accounts: AccountStore;

  private constructor(
    private readonly engine: SqlEngine,
    /** What was done to the schema at the opening. */
    readonly migration: MigrationReport,
    options: DatabaseOptions,
  ) {
    const clock = options.clock ?? { now: () => Date.now() };
    this.cache = new RegistryCache(options.cache);
    this.sqlRegistry = new SqlRegistry(engine, this.cache, clock);
    this.accounts = new SqlAccountStore(engine, clock);
    this.eventStore = new SqlEventStore(engine, options.logger);
  }

  get registry(): DeviceRegistry & RegistryAdmin {
    return this.sqlRegistry;
  }

  get events(): EventStore {
    return this.eventStore;
  }

  /** @throws DatabaseError with one line for whoever started the program */
  static async open(options: DatabaseOptions): Promise<SqlDatabase> {
    const { dataDir, databaseUrl, logger } = options;
    const engine =
      databaseUrl === undefined ? await SqliteEngine.open(dataDir) : await PostgresEngine.open(databaseUrl, logger);
    try {
      const migration = await migrate(engine, (options.clock ?? Date).now());
      return new SqlDatabase(engine, migration, options);
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  /** Forgets what a change that another node made has made untrue. Called before the host hears of it. */
  evict(change: RegistryChange): void {
    this.cache.evict(change);
  }

  /** Forgets everything, when nobody knows what was missed. */
  evictAll(): void {
    this.cache.clear();
  }

  /**
   * What was changed on whichever node since a version of the registry, for nodes that may have missed an announcement:
   * a few seconds apart, one looks whether there is anything new. See {@link MissedChanges}.
   */
  changesSince(version: number | undefined): Promise<MissedChanges> {
    return readChanges(this.engine.reads, version);
  }

  metrics(): DatabaseMetrics {
    const { cache } = this;
    return {
      isUp: this.engine.isUp(),
      failures: this.engine.failures,
      cacheHits: cache.counters.hits,
      cacheMisses: cache.counters.misses,
      cacheEntries: cache.entries,
      cacheBytes: cache.bytes,
      lostEvents: this.eventStore.lostCount,
    };
  }

  /** What was begun is finished, and events are written. */
  async close(): Promise<void> {
    await this.sqlRegistry.drain();
    await this.eventStore.close();
    await this.engine.close();
  }
}

/** Opens the database and brings its schema up to date. See {@link SqlDatabase.open}. */
export function openDatabase(options: DatabaseOptions): Promise<SqlDatabase> {
  return SqlDatabase.open(options);
}
