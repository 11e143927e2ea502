import { randomNumbers } from '@device-messaging/testkit';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { BusyAdministrator } from './busy-administrator.js';
import { DATABASES } from './databases.js';
import { MqttDevice } from './mqtt-device.js';
import { useService } from './service.js';
import type { Tenant } from './tenant.js';

const ROUNDS = 3;
const ADMINISTRATORS = 3;
/** The process is killed after so many acknowledged changes: at least, and at most so much more. */
const CHANGES = 15;
const MORE_CHANGES = 45;
const SEED = 20_261_124;

describe.each(DATABASES)('LIVE-4, on %s: a process that is killed in mid-traffic', (_name, databases) => {
  const service = useService(databases);
  let tenant: Tenant;

  beforeAll(async () => {
    tenant = await service().tenant();
  });

  /** Two devices that call each other until the server is gone.  */
  const talk = async (): Promise<{ readonly first: Promise<unknown>; readonly talking: Promise<void> }> => {
    const { mqttPort } = service().server;
    const [a1, a2] = [
      await MqttDevice.connect(mqttPort, tenant.a1.token),
      await MqttDevice.connect(mqttPort, tenant.a2.token),
    ];
    a2.onCall = () => '"here"';
    await a2.listen();
    const chat = async (): Promise<void> => {
      for (let count = 0; ; count++) {
        const answer = await a1.sendMsg(tenant.a2.id, count).catch(() => undefined);
        if (answer === undefined) return;
        expect(answer).toBe('"here"');
      }
    };
    return { first: a1.sendMsg(tenant.a2.id, 'first'), talking: chat() };
  };

  test(`has all that it acknowledged and nothing by halves when it is back, ${ROUNDS} times (seed ${SEED})`, async () => {
    const random = randomNumbers(SEED);
    const administrators = await Promise.all(
      Array.from({ length: ADMINISTRATORS }, (_, index) => BusyAdministrator.hire(tenant, `admin${index}`, random)),
    );
    for (let round = 0; round < ROUNDS; round++) {
      const { first, talking } = await talk();
      const working = administrators.map((administrator) => administrator.work(service()));
      await Promise.all([first, untilChanged(administrators, CHANGES + random(MORE_CHANGES))]);
      await service().crash();
      await Promise.all(working);
      await talking;
      await service().startAgain();
      for (const administrator of administrators) expect(await administrator.check(service())).toBeUndefined();
    }
    const { first, talking } = await talk();
    expect(await first).toBe('"here"');
    await service().crash();
    await talking;
  }, 90_000);
});

/** Until so many more changes were acknowledged to them, together. */
async function untilChanged(administrators: readonly BusyAdministrator[], count: number): Promise<void> {
  const changes = (): number => administrators.reduce((sum, administrator) => sum + administrator.changes, 0);
  const enough = changes() + count;
  while (changes() < enough) await setTimeout(2);
}
