import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AdminAnswer } from './admin-client.js';
import { DATABASES } from './databases.js';
import type { MqttDevice } from './mqtt-device.js';
import { useService } from './service.js';
import { error, NOT_ENABLED, soon, soonSays, SUSPENDED, TOO_LARGE, type DeviceView, type Tenant } from './tenant.js';

const DEFAULT_MAX_TIMEOUT = 60_000;

describe.each(DATABASES)('LIVE-2, LIVE-3, on %s: what administrators do to plugins and rules', (_name, databases) => {
  const service = useService(databases);
  let tenant: Tenant;
  let a1: MqttDevice;
  let b1: MqttDevice;
  /** Devices of each customer that never connect unless a test says so. */
  let awayA: DeviceView;
  let awayB: DeviceView;

  beforeEach(async () => {
    tenant = await service().tenant();
    const device = (name: string, customerId: string): Promise<DeviceView> =>
      tenant.admin.do<DeviceView>('POST', '/devices', { name, customerId });
    [awayA, awayB] = [await device('awayA', tenant.customerA), await device('awayB', tenant.customerB)];
    [a1, b1] = [await tenant.connect(tenant.a1), await tenant.connect(tenant.b1)];
  });

  afterEach(() => tenant.leave());

  const plugin = <T = unknown>(method: string, path: string, body?: unknown): Promise<T> =>
    tenant.admin.do<T>(method, `/plugins/${tenant.pluginId}${path}`, body);
  const configure = (configuration: object): Promise<unknown> => plugin('PUT', '', { configuration });
  const refusal = (path: string, body: unknown): Promise<AdminAnswer> =>
    tenant.admin.ask('PUT', `/plugins/${tenant.pluginId}${path}`, body);
  /** With the longest timeout that holds unless something else is said; to a target that is away it fails at once. */
  const call = (from: MqttDevice, target: DeviceView): Promise<string> =>
    from.sendMsg(target.id, 1, { timeout: DEFAULT_MAX_TIMEOUT, offline: 'fail' });

  test('a plugin that is suspended, for what waits and what comes, over MQTT and HTTP; and activated again', async () => {
    const a3 = await tenant.connectOverHttp(tenant.a3);
    const waiting = [await tenant.waitingCall(a1, awayA), await tenant.waitingCallOverHttp(tenant.a2, awayA)];
    await plugin('POST', '/suspend');
    for (const { answer } of waiting) expect(await soon(answer)).toBe(SUSPENDED);
    await soonSays(() => a1.ask('getDevices'), SUSPENDED);
    await soonSays(() => a3.call('getDevices'), SUSPENDED);
    await plugin('POST', '/activate');
    await soonSays(() => a3.call('getDevices'), 'a1');
    await soonSays(() => a1.ask('getDevices'), 'a3');
  });

  test('LIFE-4: a new configuration holds for the next call, the old one for those under way', async () => {
    const waiting = await tenant.waitingCall(a1, awayA);
    const a2 = await tenant.connect(tenant.a2, { listens: true });
    a2.onCall = () => undefined;
    const handed = a2.nextCall();
    const inFlight = call(a1, tenant.a2);
    const { id } = await handed;
    await configure({ defaultTimeout: 300, maxTimeout: 1_000, maxDeviceCountPerCustomer: 2 });
    await soonSays(() => call(a1, awayA), TOO_LARGE);
    expect(JSON.parse(await soon(a1.ask('getDevices')))).toHaveLength(2);
    await soonSays(() => a1.sendMsg(awayA.id, 1), error('No active connection to the remote device!'));
    // Longer than the timeout of now: both calls outlive it.
    expect(await a1.sendMsg(awayA.id, 1, { timeout: 1_000 })).toContain('No active connection');
    await a2.reply(id, '"in flight"');
    expect(await inFlight).toBe('"in flight"');
    await tenant.connect(awayA, { listens: true });
    expect(await waiting.answer).toBe('"awayA"');
  });

  test('a customer with settings of its own, and without them again; the other one has what all have', async () => {
    await plugin('PUT', `/customers/${tenant.customerA}`, {
      enabled: true,
      configuration: { maxTimeout: 100, defaultTimeout: 50 },
    });
    await soonSays(() => call(a1, awayA), TOO_LARGE);
    const ofB = await tenant.waitingCall(b1, awayB);
    await configure({ defaultTimeout: 200 });
    const wrong = await refusal(`/customers/${tenant.customerA}`, { enabled: true, configuration: { maxTimeout: 10 } });
    expect(wrong).toMatchObject({ status: 400, contentType: expect.stringContaining('application/problem+json') });
    expect(JSON.stringify(wrong.body)).toContain('customer \\"A\\"');
    await plugin('DELETE', `/customers/${tenant.customerA}`);
    await tenant.connect(awayA, { listens: true });
    await soonSays(() => call(a1, awayA), '"awayA"');
    await tenant.connect(awayB, { listens: true });
    expect(await ofB.answer).toBe('"awayB"');
  });

  test('a plugin that is disabled for one customer; the other one talks on, and what it waits for is delivered', async () => {
    const waiting = [await tenant.waitingCall(a1, awayA), await tenant.waitingCallOverHttp(tenant.a3, awayA)];
    const ofB = await tenant.waitingCall(b1, awayB);
    await plugin('PUT', `/customers/${tenant.customerA}`, { enabled: false });
    for (const { answer } of waiting) expect(await soon(answer)).toBe(NOT_ENABLED);
    await soonSays(() => a1.ask('getDevices'), NOT_ENABLED);
    expect(await b1.ask('getDevices')).toContain('awayB');
    await tenant.connect(awayB, { listens: true });
    expect(await ofB.answer).toBe('"awayB"');
    await plugin('PUT', `/customers/${tenant.customerA}`, { enabled: true });
    await soonSays(() => a1.ask('getDevices'), 'awayA');
  });

  test('a plugin that is disabled but for one customer', async () => {
    const ofA = await tenant.waitingCall(a1, awayA);
    const ofB = await tenant.waitingCall(b1, awayB);
    await plugin('PUT', '/customers', { default: false, customers: { [tenant.customerB]: { enabled: true } } });
    expect(await soon(ofA.answer)).toBe(NOT_ENABLED);
    await soonSays(() => a1.ask('getDevices'), NOT_ENABLED);
    await tenant.connect(awayB, { listens: true });
    expect(await ofB.answer).toBe('"awayB"');
    await plugin('PUT', '/customers', { default: true, customers: {} });
    await soonSays(() => a1.ask('getDevices'), 'awayA');
  });

  test('rules that are changed, suspended, deleted, made again; calls that wait go on', async () => {
    const waiting = await tenant.waitingCall(a1, awayA);
    const [rule] = await tenant.admin.all<{ id: string; action: object }>('/rules');
    const { id, ...whole } = rule!;
    const change = (what: object): Promise<unknown> => tenant.admin.do('PUT', `/rules/${id}`, { ...whole, ...what });
    await change({
      filters: [{ name: 'Never', clazz: 'device-type', configuration: { deviceTypes: [{ name: 'x' }] } }],
    });
    await soonSays(() => a1.ask('getDevices'), error('No rules that match current message!'));
    await change({ filters: [], action: { name: 'Forward', clazz: 'forward', configuration: {} } });
    await soonSays(() => a1.ask('getDevices'), 'no rule with two-way action configured');
    await change({});
    await soonSays(() => a1.ask('getDevices'), 'awayA');
    await tenant.admin.do('POST', `/rules/${id}/suspend`);
    await soonSays(() => a1.ask('getDevices'), error('No active rules!'));
    await tenant.admin.do('DELETE', `/rules/${id}`);
    await soonSays(() => a1.ask('getDevices'), error('No rules configured!'));
    await tenant.connect(awayA, { listens: true });
    expect(await waiting.answer).toBe('"awayA"');
    await tenant.admin.do('POST', '/rules', whole);
    await soonSays(() => a1.ask('getDevices'), 'awayA');
  });

  test('what one tenant does to its plugins and rules no other one notices', async () => {
    const neighbour = await service().tenant();
    const caller = await neighbour.connect(neighbour.a1);
    const waiting = await neighbour.waitingCall(caller, neighbour.a2);
    const [rule] = await tenant.admin.all<{ id: string }>('/rules');
    for (const change of ['suspend', 'activate', 'suspend']) {
      await plugin('POST', `/${change}`);
      await tenant.admin.do('POST', `/rules/${rule!.id}/${change}`);
      expect(await caller.ask('getDevices')).toContain(neighbour.a2.id);
    }
    expect((await tenant.admin.ask('POST', `/plugins/${neighbour.pluginId}/suspend`)).status).toBe(404);
    await neighbour.connect(neighbour.a2, { listens: true });
    expect(await waiting.answer).toBe('"a2"');
    await neighbour.leave();
  });

  test('under fire: each call has one answer, which was true at some moment', async () => {
    await tenant.connect(tenant.a2, { listens: true });
    let isOver = false;
    const fire = async (): Promise<readonly string[]> => {
      const answers: string[] = [];
      while (!isOver) answers.push(await a1.sendMsg(tenant.a2.id, 1));
      return answers;
    };
    const fires = Array.from({ length: 8 }, fire);
    for (let count = 0; count < 5; count++) {
      await plugin('POST', '/suspend');
      await plugin('POST', '/activate');
      await plugin('PUT', `/customers/${tenant.customerA}`, { enabled: false });
      await plugin('PUT', `/customers/${tenant.customerA}`, { enabled: true });
    }
    isOver = true;
    const answers = new Set((await Promise.all(fires)).flat());
    expect([...answers].filter((answer) => !['"a2"', SUSPENDED, NOT_ENABLED].includes(answer))).toEqual([]);
    expect(answers.size).toBe(3);
    expect(await a1.sendMsg(tenant.a2.id, 1)).toBe('"a2"');
  });
});
