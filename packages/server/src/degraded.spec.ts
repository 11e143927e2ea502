import { PostgresServer } from '@device-messaging/testkit';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ServerBench } from './spec-support/server-bench.js';

const DEGRADED = { status: 'degraded', reasons: ['The database does not answer.'] };

let postgres: PostgresServer;
let bench: ServerBench;

beforeAll(async () => {
  postgres = await PostgresServer.startOwn();
  bench = new ServerBench();
}, 60_000);

afterAll(async () => {
  await bench.stop();
  await postgres.stop();
});

it('OPS-12: stays ready, and says so and why, while the database does not answer', async () => {
  const { http } = await bench.start({ DATABASE_URL: await postgres.createDatabase() });
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${http.port}${path}`, init);
  const ready = async (): Promise<unknown> => {
    const answer = await ask('/health/ready');
    return [answer.status, await answer.json()];
  };
  /** Somebody whom the memory of the server does not know. */
  const comes = async (token: string): Promise<number> =>
    (await ask(`/api/v1/${token}/rpc`, { method: 'POST', body: '{"method":"getDevices"}' })).status;
  const metrics = async (): Promise<string> => (await ask('/metrics')).text();

  expect(await comes('A1_TEST_TOKEN')).toBe(200);
  expect(await ready()).toEqual([200, { status: 'ok' }]);
  await postgres.takeDown();
  expect(await comes('NOBODY')).toBe(503);
  expect(await ready()).toEqual([200, DEGRADED]);
  // Whom it knows goes on.
  expect(await comes('A1_TEST_TOKEN')).toBe(200);
  const told = await metrics();
  expect(told).toContain('\ndevice_messaging_database_up 0\n');
  expect(told).toMatch(/\ndevice_messaging_database_failures_total [1-9]/);
  await postgres.bringBack();
  while (JSON.stringify(await ready()) !== '[200,{"status":"ok"}]') continue;
  expect(await comes('A2_TEST_TOKEN')).toBe(200);
}, 60_000);
