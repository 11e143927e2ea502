import type { Reads, Writes } from './schema.js';

export type SqlDialect = 'sqlite' | 'postgres';

/** A database that is open: SQLite in threads of its own, or PostgreSQL over the network. */
export interface SqlEngine {
  readonly dialect: SqlDialect;
  /** Queries outside of transactions, at most a few seconds long. They see every transaction that was committed before. */
  readonly reads: Reads;
  /** Runs `work` in a transaction: all of it is durable when the promise is fulfilled, nothing remains when it is rejected. */
  transaction<T>(work: (tx: Writes) => Promise<T>): Promise<T>;
  /** Whether the database answered lately. */
  isUp(): boolean;
  /** Counter: statements that were not carried out, and those that no connection was there for. Refused rows are none. */
  readonly failures: number;
  /** Waits for what is under way. */
  close(): Promise<void>;
}
