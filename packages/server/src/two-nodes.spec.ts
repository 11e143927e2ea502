import { PostgresServer } from '@device-messaging/testkit';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Administrator } from './spec-support/administrator.js';
import { ServerBench } from './spec-support/server-bench.js';

const PLUGIN = '/api/plugins/cfd06800-9fce-11e6-8080-808080808080';
const CUSTOMER = `${PLUGIN}/customers/ccd57780-9fce-11e6-8080-808080808080`;
/** Each of the two is valid over the plugin's first configuration, and they are not valid together. */
const OVERRIDE = { enabled: true, configuration: { maxTimeout: 30_000 } };
const BASE = { configuration: { defaultTimeout: 40_000 } };
const ROUNDS = 15;

let postgres: PostgresServer;
const benches = [new ServerBench(), new ServerBench()] as const;

beforeAll(async () => {
  postgres = await PostgresServer.start();
}, 60_000);

afterAll(async () => {
  for (const bench of benches) await bench.stop();
  await postgres.stop();
});

it('ADM-30: two nodes let no configuration and no override through that do not fit each other', async () => {
  const DATABASE_URL = await postgres.createDatabase();
  const [one, other] = [await node(benches[0], DATABASE_URL), await node(benches[1], DATABASE_URL)];
  for (let round = 0; round < ROUNDS; round++) {
    const told = await Promise.all([one.ask('PUT', CUSTOMER, OVERRIDE), other.ask('PUT', PLUGIN, BASE)]);
    const statuses = told.map(({ status }) => status);
    expect([...statuses].sort()).toEqual([200, 400]);
    for (const { status, text } of told) if (status === 400) expect(text).toContain('Customer A');
    const { body } = await one.ask('GET', `${PLUGIN}/customers`);
    expect(Object.keys(body['customers'] as object)).toHaveLength(statuses[0] === 200 ? 1 : 0);
    const back = [
      await one.ask('DELETE', CUSTOMER),
      await one.ask('PUT', PLUGIN, { configuration: { defaultTimeout: 20_000 } }),
    ];
    expect(back.map(({ status }) => status)).toEqual([204, 200]);
  }
}, 60_000);

async function node(bench: ServerBench, DATABASE_URL: string): Promise<Administrator> {
  const { http } = await bench.start({ DATABASE_URL });
  const administrator = new Administrator(http.port);
  await administrator.logIn();
  return administrator;
}
