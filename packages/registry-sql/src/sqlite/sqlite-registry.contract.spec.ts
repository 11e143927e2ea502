import { describeRegistryContract } from '@device-messaging/testkit';
import { SqliteDatabases } from '../spec-support/sqlite-databases.js';

const databases = new SqliteDatabases();

describeRegistryContract(
  'SqlRegistry on SQLite',
  async () => (await databases.create()).registry,
  () => databases.dispose(),
);
