import type { Writes } from './schema.js';
import type { SqlDialect } from './sql-engine.js';

/** One step of the schema. What has been released is never changed: a correction is the next step. */
export interface Migration {
  /** 1, 2, 3 … */
  readonly version: number;
  /** Runs inside the transaction that also records the version. */
  up(tx: Writes, dialect: SqlDialect): Promise<void>;
}
