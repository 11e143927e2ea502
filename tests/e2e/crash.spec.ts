import { randomNumbers } from '@device-messaging/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BusyAdministrator } from './busy-administrator.js';
import { DATABASES, START_TIMEOUT_MS } from './databases.js';
import { MqttDevice } from './mqtt-device.js';
import { Service } from './service.js';
import type { Tenant } from './tenant.js';

const ROUNDS = 3;
const ADMINISTRATORS = 3;
/** The process is killed so long after its start, ms: at least, and at most so much more. */
const LIFE_MS = 150;
const MORE_LIFE_MS = 450;
const SEED = 20_261_124;

describe.each(DATABASES)('LIVE-4, on %s: a process that is killed in mid-traffic', (_name, databases) => {
  let service: Service;
  let tenant: Tenant;

  beforeAll(async () => {
    await databases.start();
    service = await Service.start(await databases.create());
    tenant = await service.tenant();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await service.stop();
    await databases.stop();
  });

  /** Two devices that call each other until the server is gone. Yields how many answers there were. */
  const talk = async (): Promise<{ readonly talking: Promise<number> }> => {
    const { mqttPort } = service.server;
    const [a1, a2] = [
      await MqttDevice.connect(mqttPort, tenant.a1.token),
      await MqttDevice.connect(mqttPort, tenant.a2.token),
    ];
    a2.onCall = () => '"here"';
    await a2.listen();
    const chat = async (): Promise<number> => {
      for (let count = 0; ; count++) {
        const answer = await a1.sendMsg(tenant.a2.id, count).catch(() => undefined);
        if (answer === undefined) return count;
        expect(answer).toBe('"here"');
      }
    };
    return { talking: chat() };
  };

  test(`has all that it acknowledged and nothing by halves when it is back, ${ROUNDS} times (seed ${SEED})`, async () => {
    const random = randomNumbers(SEED);
    const administrators = await Promise.all(
      Array.from({ length: ADMINISTRATORS }, (_, index) => BusyAdministrator.hire(tenant, `admin${index}`, random)),
    );
    for (let round = 0; round < ROUNDS; round++) {
      const { talking } = await talk();
      const working = administrators.map((administrator) => administrator.work(service));
      await new Promise((resolve) => setTimeout(resolve, LIFE_MS + random(MORE_LIFE_MS)));
      await service.crash();
      await Promise.all(working);
      expect(await talking).toBeGreaterThan(0);
      await service.startAgain();
      for (const administrator of administrators) expect(await administrator.check(service)).toBeUndefined();
    }
    for (const { changes } of administrators) expect(changes).toBeGreaterThan(2 * ROUNDS);
    const { talking } = await talk();
    await service.crash();
    await talking;
  }, 40_000);
});
