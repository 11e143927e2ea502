import { PostgresServer } from '@device-messaging/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdminAnswer } from './admin-client.js';
import { START_TIMEOUT_MS } from './databases.js';
import { Service } from './service.js';
import { INTERNAL, NOT_FOUND, soon, type DeviceView, type Tenant } from './tenant.js';

const NOBODY = '99999999-0000-4000-8000-000000000000';
/** Whoever asks while the database is away is told within this, ms; trying to reach it may take 2 s. */
const TOLD_WITHIN_MS = 4_000;
/** It is used again within this, ms: it is looked for every half second. */
const BACK_WITHIN_MS = 5_000;

describe('PostgreSQL that goes away while devices talk', () => {
  let directory: string;
  let postgres: PostgresServer;
  let service: Service;
  let tenant: Tenant;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'database-away-'));
    postgres = await PostgresServer.startOwn();
    service = await Service.start({ DATA_DIR: directory, DATABASE_URL: await postgres.createDatabase() });
    tenant = await service.tenant();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await Service.stopAll();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const within = async <T>(ms: number, what: Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await what;
    expect(performance.now() - began).toBeLessThan(ms);
    return result;
  };

  const refused = async (asked: Promise<AdminAnswer>): Promise<void> => {
    const answer = await within(TOLD_WITHIN_MS, asked);
    expect(answer).toMatchObject({ status: 503, contentType: 'application/problem+json; charset=utf-8' });
    expect(answer.body).toMatchObject({ title: 'Service Unavailable', status: 503 });
  };

  const untilBack = async (): Promise<void> => {
    while ((await tenant.admin.ask('GET', '/devices')).status !== 200) continue;
  };

  test('LIVE-6: what is known goes on, the rest is refused as what it is, and all is well when it is back', async () => {
    const a1 = await tenant.connect(tenant.a1);
    const a2 = await tenant.connect(tenant.a2, { listens: true });
    const overHttp = await tenant.connectOverHttp(tenant.b1);
    const neverAsked = await tenant.admin.do<DeviceView>('POST', '/devices', {
      name: 'x',
      customerId: tenant.customerA,
    });
    expect(await a1.sendMsg(tenant.a2.id, 1)).toBe('"a2"');
    expect(await a1.ask('getDevices')).toContain('a3');
    expect(await overHttp.call('getDevices')).toBe('[]');
    expect(await a1.sendMsg(tenant.a3.id, 1, { offline: 'fail' })).toContain('No active connection');
    const waiting = await tenant.waitingCall(a1, tenant.a3);

    let isOver = false;
    const talk = async (): Promise<ReadonlySet<string>> => {
      const answers = new Set<string>();
      while (!isOver) {
        answers.add(await a1.sendMsg(tenant.a2.id, 1));
        answers.add(await overHttp.call('getDevices'));
      }
      return answers;
    };
    const talking = talk();

    await postgres.takeDown();
    expect(await within(TOLD_WITHIN_MS, a1.sendMsg(neverAsked.id, 1))).toBe(INTERNAL);
    expect(await a1.ask('getDevices')).toContain('a3');
    await expect(tenant.connect(tenant.a3)).rejects.toThrow('Server unavailable');
    await expect((await tenant.connectOverHttp(tenant.a3)).call('getDevices')).rejects.toMatchObject({
      code: 'unavailable',
    });
    await refused(tenant.admin.ask('GET', '/devices'));
    await refused(tenant.admin.ask('POST', '/devices', { name: 'never', customerId: tenant.customerA }));
    await refused(tenant.admin.importDevices('name\nnever\n'));
    await refused(service.sysadmin.ask('POST', '/tenants', { title: 'never' }));
    await refused(tenant.admin.ask('POST', '/auth/login', { username: 'whoever', password: 'whatever' }));
    expect((await fetch(`${service.server.httpUrl}/health/live`)).status).toBe(200);

    await postgres.bringBack();
    await within(BACK_WITHIN_MS, untilBack());
    await tenant.connect(tenant.a3, { listens: true });
    expect(await soon(waiting.answer)).toBe('"a3"');
    expect(await a1.sendMsg(NOBODY, 1)).toBe(NOT_FOUND);
    expect((await tenant.admin.all<DeviceView>('/devices')).map(({ name }) => name)).toEqual([
      ...['a1', 'a2', 'a3', 'b1', 'x'],
    ]);
    isOver = true;
    expect(await talking).toEqual(new Set(['"a2"', '[]']));
    expect(a2.client.connected).toBe(true);
    await tenant.leave();
  });

  test('LIVE-6: an import that is cut off has made its first lines, whole, and no others', async () => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `i${line},I,token${line}\n`);
    const imported = tenant.admin.importDevices(`name,customer,token\n${lines.join('')}`);
    while ((await tenant.admin.do<{ items: unknown[] }>('GET', '/devices?name=i0')).items.length === 0) continue;
    await postgres.takeDown();
    await refused(imported);
    await postgres.bringBack();
    await within(BACK_WITHIN_MS, untilBack());
    const names = (await tenant.admin.all<DeviceView>('/devices'))
      .map(({ name }) => name)
      .filter((name) => /^i\d/.test(name));
    expect(names).toEqual(names.map((_, line) => `i${line}`));
    expect(names.length).toBeGreaterThan(0);
    expect(names.length).toBeLessThan(lines.length);
    const last = { id: '', name: 'last', token: `token${names.length - 1}` };
    expect(await (await tenant.connect(last)).ask('getDevices')).toContain('"i0"');
    await expect(tenant.connect({ ...last, token: `token${names.length}` })).rejects.toThrow('Not authorized');
    await tenant.leave();
  });
});
