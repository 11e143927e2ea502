import { PostgresDatabases } from './postgres-databases.js';
import { SqliteDatabases } from './sqlite-databases.js';
import type { TestDatabases } from './test-databases.js';

/** Both kinds of databases, for suites that hold on each. */
export const DATABASES: readonly (readonly [name: string, databases: TestDatabases])[] = [
  ['SQLite', new SqliteDatabases()],
  ['PostgreSQL', new PostgresDatabases()],
];
