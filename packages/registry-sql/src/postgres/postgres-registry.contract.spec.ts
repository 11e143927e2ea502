import { describeRegistryContract } from '@device-messaging/testkit';
import { afterAll, beforeAll } from '@jest/globals';
import { PostgresDatabases } from '../spec-support/postgres-databases.js';
import { START_TIMEOUT_MS } from '../spec-support/test-databases.js';

const databases = new PostgresDatabases();

beforeAll(() => databases.start(), START_TIMEOUT_MS);
afterAll(() => databases.stop());

describeRegistryContract(
  'SqlRegistry on PostgreSQL',
  async () => (await databases.create()).registry,
  () => databases.dispose(),
);
