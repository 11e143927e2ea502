import type { DeviceClientError } from '@device-messaging/device-client';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DATABASES } from './databases.js';
import type { MqttDevice } from './mqtt-device.js';
import { useService } from './service.js';
import { error, NOT_ALLOWED, NOT_FOUND, RATE_LIMITED, soon, soonSays, type DeviceView, type Tenant } from './tenant.js';

const UNASSIGNED = error('Device is unassigned!');
const NAMES = (answer: string): readonly string[] =>
  (JSON.parse(answer) as readonly { name: string }[]).map(({ name }) => name);

describe.each(DATABASES)('LIVE-2, LIVE-3, on %s: what administrators do to devices', (_name, databases) => {
  const service = useService(databases);
  let tenant: Tenant;
  let a1: MqttDevice;
  /** Of customer A; it never connects unless a test says so. */
  let away: DeviceView;

  beforeEach(async () => {
    tenant = await service().tenant();
    away = await tenant.admin.do<DeviceView>('POST', '/devices', { name: 'away', customerId: tenant.customerA });
    a1 = await tenant.connect(tenant.a1);
  });

  afterEach(() => tenant.leave());

  const call = (target: DeviceView): Promise<string> => a1.sendMsg(target.id, 'hello');

  test('a target that is re-assigned is lost and found again, over MQTT and HTTP; its sessions stay', async () => {
    const a2 = await tenant.connect(tenant.a2, { listens: true });
    const a3 = await tenant.connectOverHttp(tenant.a3, { listens: true });
    const b1 = await tenant.connect(tenant.b1, { listens: true });
    for (const target of [tenant.a2, tenant.a3]) {
      expect(await call(target)).toBe(`"${target.name}"`);
      await tenant.assign(target, tenant.customerB);
      expect(await soon(call(target))).toBe(NOT_ALLOWED);
    }
    expect(NAMES(await soon(a1.ask('getDevices')))).toEqual(['away']);
    expect(NAMES(await soon(a2.ask('getDevices')))).toEqual(['a3', 'b1']);
    expect(NAMES(await soon(a3.call('getDevices')))).toEqual(['a2', 'b1']);
    expect(await b1.sendMsg(tenant.a2.id, 1)).toBe('"a2"');
    expect(await a3.call('sendMsg', { deviceId: tenant.b1.id })).toBe('"b1"');
    expect(a2.client.connected).toBe(true);
    await tenant.assign(tenant.a2, tenant.customerA);
    expect(await soon(call(tenant.a2))).toBe('"a2"');
  });

  test('a caller that is re-assigned, or assigned to nobody, has the targets of now', async () => {
    await tenant.connect(tenant.a2, { listens: true });
    await tenant.connect(tenant.b1, { listens: true });
    await tenant.assign(tenant.a1, tenant.customerB);
    expect(NAMES(await soon(a1.ask('getDevices')))).toEqual(['b1']);
    expect(await soon(call(tenant.b1))).toBe('"b1"');
    expect(await soon(call(tenant.a2))).toBe(NOT_ALLOWED);
    await tenant.assign(tenant.a1, null);
    expect(await soon(a1.ask('getDevices'))).toBe(UNASSIGNED);
    expect(await soon(call(tenant.b1))).toBe(NOT_ALLOWED);
  });

  test('calls that wait for a device that is re-assigned are refused at once', async () => {
    const waiting = [await tenant.waitingCall(a1, away), await tenant.waitingCallOverHttp(tenant.a3, away)];
    await tenant.assign(away, tenant.customerB);
    for (const { answer } of waiting) expect(await soon(answer)).toBe(NOT_ALLOWED);
  });

  test('calls of a caller that is re-assigned are refused, those of others are delivered', async () => {
    const [refused, delivered] = [
      await tenant.waitingCall(a1, away),
      await tenant.waitingCallOverHttp(tenant.a3, away),
    ];
    await tenant.assign(tenant.a1, tenant.customerB);
    expect(await soon(refused.answer)).toBe(NOT_ALLOWED);
    const target = await tenant.connect(away, { listens: true });
    expect(await delivered.answer).toBe('"away"');
    expect(target.calls).toHaveLength(1);
  });

  test('a call that was handed over finishes, whoever is re-assigned', async () => {
    const a2 = await tenant.connect(tenant.a2, { listens: true });
    a2.onCall = () => undefined;
    const handed = a2.nextCall();
    const answer = call(tenant.a2);
    const { id } = await handed;
    await tenant.assign(tenant.a2, tenant.customerB);
    await tenant.assign(tenant.a1, null);
    await a2.reply(id, '"finished"');
    expect(await answer).toBe('"finished"');
  });

  test('the customer of a call is looked up when it is made, each of twenty times', async () => {
    await tenant.connect(tenant.a2, { listens: true });
    for (let count = 0; count < 10; count++) {
      await tenant.assign(tenant.a2, tenant.customerB);
      expect(await call(tenant.a2)).toBe(NOT_ALLOWED);
      await tenant.assign(tenant.a2, tenant.customerA);
      expect(await call(tenant.a2)).toBe('"a2"');
    }
  });

  test('under fire: each call has one answer, which was true at some moment', async () => {
    await tenant.connect(tenant.a2, { listens: true });
    const other = await tenant.connectOverHttp(tenant.a3);
    let isOver = false;
    const fire = async (send: () => Promise<string>): Promise<readonly string[]> => {
      const answers: string[] = [];
      while (!isOver) answers.push(await send());
      return answers;
    };
    const fires = [
      ...Array.from({ length: 8 }, () => fire(() => call(tenant.a2))),
      fire(() => other.call('sendMsg', { deviceId: tenant.a2.id })),
    ];
    for (let count = 0; count < 10; count++) {
      await tenant.assign(tenant.a2, tenant.customerB);
      await tenant.assign(tenant.a2, tenant.customerA);
    }
    isOver = true;
    const answers = (await Promise.all(fires)).flat();
    expect(new Set(answers)).toEqual(new Set(['"a2"', NOT_ALLOWED]));
    expect(answers.length).toBeGreaterThan(50);
  });

  test('a new token closes the old sessions, over MQTT and HTTP; the new one works', async () => {
    const a2 = await tenant.connect(tenant.a2, { listens: true });
    const a3 = await tenant.connectOverHttp(tenant.a3, { listens: true });
    const [closed, pollEnded] = [a2.closed(), a3.closed];
    const [new2, new3] = [await tenant.rotate(tenant.a2), await tenant.rotate(tenant.a3)];
    await soon(closed);
    expect((await soon(pollEnded)).code).toBe('token-refused');
    await expect(tenant.connect(tenant.a2)).rejects.toThrow('Not authorized');
    await expect(a3.call('getDevices')).rejects.toMatchObject({ code: 'token-refused' });
    await tenant.connect(new2, { listens: true });
    await tenant.connectOverHttp(new3, { listens: true });
    expect(await call(tenant.a2)).toBe('"a2"');
    expect(await call(tenant.a3)).toBe('"a3"');
  });

  test('CALL-15: what a device with a new token asked before is not delivered; what waits for it is', async () => {
    await tenant.waitingCall(a1, away);
    const a3 = await tenant.connect(tenant.a3);
    const forIt = await tenant.waitingCall(a3, tenant.a1);
    const closed = a1.closed();
    const fresh = await tenant.rotate(tenant.a1);
    await soon(closed);
    const target = await tenant.connect(away, { listens: true });
    await tenant.connect(fresh, { listens: true });
    expect(await forIt.answer).toBe('"a1"');
    expect(await a3.sendMsg(away.id, 'the first')).toBe('"away"');
    expect(target.calls).toHaveLength(1);
  });

  test('a device that is deleted is gone from everywhere, and what it asked is not delivered', async () => {
    const a2 = await tenant.connect(tenant.a2, { listens: true });
    await tenant.waitingCall(a2, away);
    const waiting = await tenant.waitingCall(a1, away);
    const closed = a2.closed();
    await tenant.admin.do('DELETE', `/devices/${tenant.a2.id}`);
    await soon(closed);
    expect(await soon(call(tenant.a2))).toBe(NOT_FOUND);
    expect(NAMES(await soon(a1.ask('getDevices')))).toEqual(['a3', 'away']);
    await expect(tenant.connect(tenant.a2)).rejects.toThrow('Not authorized');
    await tenant.admin.do('DELETE', `/devices/${away.id}`);
    expect(await soon(waiting.answer)).toBe(NOT_FOUND);
  });

  test('a customer that is deleted leaves its devices to nobody', async () => {
    const waiting = await tenant.waitingCall(a1, away);
    await tenant.connect(tenant.a2, { listens: true });
    await tenant.admin.do('DELETE', `/customers/${tenant.customerA}`);
    expect(await soon(waiting.answer)).toBe(NOT_ALLOWED);
    expect(await soon(call(tenant.a2))).toBe(NOT_ALLOWED);
    expect(await soon(a1.ask('getDevices'))).toBe(UNASSIGNED);
  });

  test('a tenant that is deleted is gone with all it has; its neighbour notices nothing', async () => {
    const neighbour = await service().tenant();
    const [caller, target] = [await neighbour.connect(neighbour.a1), await neighbour.connectOverHttp(neighbour.a3)];
    const waiting = await neighbour.waitingCall(caller, neighbour.a2);
    const closed = [a1.closed(), (await tenant.connectOverHttp(tenant.a3, { listens: true })).closed];
    await tenant.waitingCall(a1, away);
    await service().sysadmin.do('DELETE', `/tenants/${tenant.id}`);
    await soon(Promise.all(closed));
    await expect(tenant.connect(tenant.a1)).rejects.toThrow('Not authorized');
    expect((await soon(tenant.admin.ask('GET', '/devices'))).status).toBe(401);
    expect(NAMES(await target.call('getDevices'))).toEqual(['a1', 'a2']);
    await neighbour.connect(neighbour.a2, { listens: true });
    expect(await waiting.answer).toBe('"a2"');
    await neighbour.leave();
  });

  test('QTA-10: quotas of a device, a customer, a tenant, over MQTT and HTTP, for calls and for what waits', async () => {
    const a3 = await tenant.connectOverHttp(tenant.a3);
    const ofA3 = (method: string, params?: object): Promise<string> =>
      a3.call(method, params).catch((reason: unknown) => (reason as DeviceClientError).code);
    const put = (owner: string, quotas: object, admin = tenant.admin): Promise<unknown> =>
      admin.do('PUT', `${owner}/quotas`, quotas);
    await put(`/devices/${tenant.a1.id}`, { messagesInFlight: 0 });
    await soonSays(() => a1.ask('getDevices'), RATE_LIMITED);
    expect(await ofA3('getDevices')).toContain('a1');
    await put(`/devices/${tenant.a1.id}`, {});
    await soonSays(() => a1.ask('getDevices'), 'a3');
    await put(`/customers/${tenant.customerA}`, { waitingMessages: 0 });
    await soonSays(() => a1.sendMsg(away.id, 1, { timeout: 100 }), RATE_LIMITED);
    expect(await ofA3('sendMsg', { deviceId: away.id })).toBe('rate-limited');
    await put(`/tenants/${tenant.id}`, { messagesInFlight: 0 }, service().sysadmin);
    await soonSays(() => ofA3('getDevices'), 'rate-limited');
    await put(`/tenants/${tenant.id}`, {}, service().sysadmin);
    await soonSays(() => ofA3('getDevices'), 'a1');
  });
});
