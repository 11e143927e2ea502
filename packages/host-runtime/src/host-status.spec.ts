import { JsonText, RpcError, type RpcErrorCode } from '@device-messaging/plugin-api';
import { settle } from '@device-messaging/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEVICES, HostBench, NOTHING_ALIVE, OTHER_TENANT, TENANT } from './spec-support/host-bench.js';

let bench: HostBench;

beforeEach(async () => {
  bench = await HostBench.start();
});

afterEach(async () => {
  await bench.host.stop({ drainTimeoutMs: 0 });
  expect(bench.alive()).toEqual(NOTHING_ALIVE);
});

function call(
  more: { tenantId?: string; deviceId?: string; oneway?: boolean; timeoutMs?: number } = {},
): Promise<JsonText> {
  const params = JsonText.fromString('{"n":1.10}');
  const call = { tenantId: TENANT, deviceId: DEVICES.a1, method: 'reboot', params, timeoutMs: 1_000, ...more };
  return bench.host.control.callDevice(call);
}

async function codeOf(outcome: Promise<JsonText>): Promise<RpcErrorCode | string> {
  return outcome.then(
    (reply) => reply.toString(),
    (error: unknown) => (error instanceof RpcError ? error.code : String(error)),
  );
}

describe('a call of a tenant', () => {
  test('CALL-18: reaches the device, and its reply comes back, verbatim', async () => {
    const a1 = bench.connect('a1', { listen: true });
    const reply = call({ deviceId: DEVICES.a1.toUpperCase() });
    await bench.timers.advanceAsync(0);
    expect(a1.calls).toMatchObject([{ method: 'reboot', params: '{"n":1.10}' }]);
    a1.reply('{ "ok" : 1.0 }');
    expect((await reply).toString()).toBe('{ "ok" : 1.0 }');
  });

  test('CALL-18: one way is done when it is handed over', async () => {
    bench.connect('a1', { listen: true });
    expect((await call({ oneway: true })).toString()).toBe('null');
  });

  test('CALL-18: does not wait for a device that is away, or that does not listen', async () => {
    expect(await codeOf(call())).toBe('NO_ACTIVE_CONNECTION');
    bench.connect('a1');
    expect(await codeOf(call())).toBe('NO_ACTIVE_CONNECTION');
  });

  test('CALL-18: without a reply it ends at its deadline', async () => {
    bench.connect('a1', { listen: true });
    const outcome = codeOf(call());
    await bench.timers.advanceAsync(1_010);
    expect(await outcome).toBe('TIMEOUT');
  });

  test('CALL-18: devices of another tenant, and such as are not there, are not found', async () => {
    bench.connect('a1', { listen: true });
    expect(await codeOf(call({ tenantId: OTHER_TENANT }))).toBe('TARGET_NOT_FOUND');
    expect(await codeOf(call({ deviceId: '00000000-0000-4000-8000-000000000000' }))).toBe('TARGET_NOT_FOUND');
  });

  test.each([
    [0, 'TIMEOUT_NOT_POSITIVE'],
    [-1, 'TIMEOUT_NOT_POSITIVE'],
    [Number.NaN, 'TypeError: timeoutMs must be a number of milliseconds'],
    [Infinity, 'TypeError: timeoutMs must be a number of milliseconds'],
  ])('CALL-18: a timeout of %s ms is refused', async (timeoutMs, refusal) => {
    expect(await codeOf(call({ timeoutMs }))).toBe(refusal);
  });

  test('CALL-18: ends with a device that is deleted, and with the host', async () => {
    const a1 = bench.connect('a1', { listen: true });
    a1.delivery = 'busy';
    const deleted = codeOf(call());
    await bench.timers.advanceAsync(0);
    bench.registry.deleteDevice(DEVICES.a1);
    expect(await deleted).toBe('TARGET_NOT_FOUND');
    bench.connect('a2', { listen: true });
    const stopped = codeOf(call({ deviceId: DEVICES.a2 }));
    await bench.host.stop({ drainTimeoutMs: 0 });
    expect(await stopped).toBe('TIMEOUT');
    expect(await codeOf(call({ deviceId: DEVICES.a2 }))).toBe('NO_ACTIVE_CONNECTION');
  });
});

describe('a host that stops', () => {
  test('CALL-18, LIFE-8: waits for the reply to the call of a tenant', async () => {
    const a1 = bench.connect('a1', { listen: true });
    const reply = call();
    const stopping = bench.host.stop();
    await settle();
    expect(bench.transport.phases).not.toContain('stop');
    a1.reply('"in time"');
    expect((await reply).toString()).toBe('"in time"');
    await stopping;
    expect(bench.transport.phases).toContain('stop');
  });
});

describe('what a host tells', () => {
  test('OBS-6: whether a device is online', () => {
    const { control } = bench.host;
    expect(control.isOnline(DEVICES.a1)).toBe(false);
    const a1 = bench.connect('a1');
    expect(control.isOnline(DEVICES.a1.toUpperCase())).toBe(true);
    a1.session.close();
    expect(control.isOnline(DEVICES.a1)).toBe(false);
  });

  test('OBS-6: of a plugin type: its version, and a rule that brings requests to it', () => {
    const [probe] = bench.host.control.pluginTypes();
    expect(probe).toMatchObject({ id: 'probe', version: undefined });
    expect(probe!.methods).toContain('echo');
    const rule = probe!.rule!;
    expect(bench.host.control.checkRule(rule)).toEqual([]);
    for (const { id } of bench.registry.listRules(TENANT)) bench.registry.deleteRule(id);
    bench.registry.createRule({ ...rule, tenantId: TENANT, name: 'Declared', state: 'ACTIVE', pluginToken: 'probe' });
    const a1 = bench.connect('a1');
    expect(a1.answerTo(a1.ask('echo', { text: 'x' }))).toBe('"x"');
    expect(a1.answerTo(a1.ask('unheard-of'))).toBe('{"error":"No rules that match current message!"}');
  });

  test('OBS-5: sessions by transport, requests by outcome, and how long they took', () => {
    const [a1, a2] = [bench.connect('a1'), bench.connect('a2', { listen: true })];
    a1.ask('echo');
    a1.askRaw('{');
    a1.ask('call', { to: DEVICES.a2 });
    bench.timers.advance(40);
    a2.reply('1');
    const { sessionsByTransport, requestsByOutcome, latency } = bench.host.control.statistics();
    expect([...sessionsByTransport]).toEqual([['direct', 2]]);
    expect([...requestsByOutcome]).toEqual([
      ['OK', 2],
      ['INVALID_REQUEST', 1],
    ]);
    expect(latency.sum).toBe(40);
    expect(latency.counts[latency.bounds.indexOf(50)]).toBe(1);
    a1.session.close();
    a2.session.close();
    expect(bench.host.control.statistics().sessionsByTransport.size).toBe(0);
  });
});
