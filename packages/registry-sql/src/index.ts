export { DatabaseError, type DatabaseErrorCode } from './database/database-error.js';
export { type MissedChanges } from './database/change-log.js';
export { type MigrationReport } from './database/migrator.js';
export { type CacheLimits } from './cache/entry-ring.js';
export { CACHE_LIMIT_RANGES, DEFAULT_CACHE_LIMITS } from './cache/registry-cache.js';
export { openDatabase, SqlDatabase, type DatabaseMetrics, type DatabaseOptions } from './sql-database.js';
