import { describeRegistryContract } from '@device-messaging/testkit';
import { afterAll, beforeAll } from '@jest/globals';
import { PostgresServer } from '../spec-support/postgres-server.js';
import { SILENT } from '../spec-support/silent-logger.js';
import { SqlDatabase } from '../sql-database.js';

let server: PostgresServer;
const open: SqlDatabase[] = [];

beforeAll(async () => {
  server = await PostgresServer.start();
}, 60_000);

afterAll(() => server.stop());

describeRegistryContract(
  'SqlRegistry on PostgreSQL',
  async () => {
    const databaseUrl = await server.createDatabase();
    const database = await SqlDatabase.open({ dataDir: '', databaseUrl, logger: SILENT });
    open.push(database);
    return database.registry;
  },
  async () => {
    for (const database of open.splice(0)) await database.close();
  },
);
