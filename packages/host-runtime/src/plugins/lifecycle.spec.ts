import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Plugin } from '@device-messaging/plugin-api';
import { settle } from '@device-messaging/testkit';
import { injectable } from 'inversify';
import { createHost } from '../host.js';
import { InMemoryRegistry } from '../registry/in-memory-registry.js';
import type { FakeLink } from '../spec-support/fake-link.js';
import {
  CUSTOMER_A,
  CUSTOMER_B,
  DEVICES,
  HostBench,
  NOTHING_ALIVE,
  PLUGIN,
  TENANT,
} from '../spec-support/host-bench.js';

const INTERNAL = '{"error":"Internal server error!"}';
const SUSPENDED = '{"error":"Plugin is suspended!"}';
const DISABLED = '{"error":"Probe Plugin is not enabled for this customer!"}';

let bench: HostBench;
let a1: FakeLink;

beforeEach(async () => {
  bench = await HostBench.start();
  a1 = bench.connect('a1');
});

afterEach(async () => {
  await bench.host.stop({ drainTimeoutMs: 0 });
  expect(bench.alive()).toEqual(NOTHING_ALIVE);
  expect(bench.timers.pending).toBe(0);
});

async function ask(method = 'echo', params: object = { text: 'hi' }, link = a1): Promise<string | undefined> {
  const ref = link.ask(method, params);
  await settle();
  return link.answerTo(ref);
}

function failures(): readonly { cause: string; since: number }[] {
  return bench.host.control.pluginFailures(TENANT, PLUGIN) as readonly { cause: string; since: number }[];
}

describe('plugin instances', () => {
  test('LIFE-1: an instance is made at its first message, one for all that follow', async () => {
    expect(bench.script.starts).toBe(0);
    await ask();
    await ask();
    expect(bench.script.starts).toBe(1);
  });

  test('LIFE-2: an instance that cannot start has failed, and is tried again after a pause that doubles', async () => {
    bench.script.onStart = () => Promise.reject(new Error('no database'));
    const startsAfter = async (pause: number): Promise<number> => {
      await bench.timers.advanceAsync(pause);
      expect(await ask()).toBe(INTERNAL);
      return bench.script.starts;
    };
    expect(await startsAfter(0)).toBe(1);
    expect(failures()).toMatchObject([{ cause: 'no database' }]);
    expect(await startsAfter(999)).toBe(1);
    expect(await startsAfter(1)).toBe(2);
    expect(await startsAfter(1_999)).toBe(2);
    bench.script.onStart = () => undefined;
    await bench.timers.advanceAsync(1);
    expect(await ask()).toBe('"hi"');
    expect(failures()).toEqual([]);
  });

  test('LIFE-2: a hook that hangs has failed after 10 s, and what comes of it later does not count', async () => {
    let late: () => void = () => undefined;
    bench.script.onStart = () => new Promise<void>((resolve) => (late = resolve));
    const ref = a1.ask('echo', { text: 'hi' });
    await bench.timers.advanceAsync(10_010);
    expect(a1.answerTo(ref)).toBe(INTERNAL);
    expect(failures()[0]?.cause).toContain('onStart of plugin "Probe" took longer than 10000 ms');
    late();
    expect(await ask()).toBe(INTERNAL);
  });

  test('LIFE-2: an unknown class and an invalid configuration are failures with their cause; a change is tried at once', async () => {
    bench.registry.updatePlugin(PLUGIN, { configuration: { limit: 'x', more: 1 } });
    expect(await ask()).toBe(INTERNAL);
    expect(failures()[0]?.cause).toBe('more: is not known; limit: limit must be an integer number');
    bench.registry.updatePlugin(PLUGIN, { configuration: { limit: 8 } });
    expect(await ask('limit')).toBe('8');
  });

  test('LIFE-3: suspended, activated', async () => {
    await ask();
    bench.registry.updatePlugin(PLUGIN, { state: 'SUSPENDED' });
    expect(await ask()).toBe(SUSPENDED);
    expect([bench.script.starts, bench.script.stops]).toEqual([1, 1]);
    bench.registry.updatePlugin(PLUGIN, { state: 'ACTIVE' });
    expect(await ask()).toBe('"hi"');
    expect(bench.script.starts).toBe(2);
  });

  test('LIFE-3: calls that wait are answered when the plugin is suspended; those handed over finish', async () => {
    const a2 = bench.connect('a2', { listen: true });
    const handed = a1.ask('call', { to: DEVICES.a2 });
    const waiting = a1.ask('call', { to: DEVICES.a3 });
    bench.registry.updatePlugin(PLUGIN, { state: 'SUSPENDED' });
    expect(a1.answerTo(waiting)).toBe(SUSPENDED);
    a2.reply('1');
    expect(a1.answerTo(handed)).toBe('1');
  });

  test('LIFE-3: an instance that starts while it is suspended is let go', async () => {
    let started: () => void = () => undefined;
    bench.script.onStart = () => new Promise<void>((resolve) => (started = resolve));
    const ref = a1.ask('echo', { text: 'hi' });
    bench.registry.updatePlugin(PLUGIN, { state: 'SUSPENDED' });
    started();
    await settle();
    expect(a1.answerTo(ref)).toBe(SUSPENDED);
    expect([bench.script.starts, bench.script.stops]).toEqual([1, 1]);
  });

  test('LIFE-3: the next instance waits until the last one has stopped', async () => {
    await ask();
    let stopped: () => void = () => undefined;
    bench.script.onStop = () => new Promise<void>((resolve) => (stopped = resolve));
    bench.registry.updatePlugin(PLUGIN, { state: 'SUSPENDED' });
    bench.registry.updatePlugin(PLUGIN, { state: 'ACTIVE' });
    const ref = a1.ask('echo', { text: 'hi' });
    await settle();
    expect([bench.script.starts, a1.answerTo(ref)]).toEqual([1, undefined]);
    bench.script.onStop = () => undefined;
    stopped();
    await settle();
    expect([bench.script.starts, a1.answerTo(ref)]).toEqual([2, '"hi"']);
  });

  test('LIFE-4: a new configuration acts on the next call, the hook hears of it, the instance stays', async () => {
    const seen: unknown[] = [];
    let go: () => void = () => undefined;
    bench.script.handle = (call) => {
      const under = call.configuration;
      return new Promise((resolve) => (go = () => resolve(seen.push(under, call.configuration))));
    };
    const ref = a1.ask('scripted', {});
    bench.registry.updatePlugin(PLUGIN, { configuration: { limit: 9 } });
    expect(await ask('limit')).toBe('9');
    go();
    await settle();
    expect(a1.answerTo(ref)).toBe('2');
    expect(seen).toMatchObject([{ limit: 7 }, { limit: 7 }]);
    expect(bench.script.configurations).toMatchObject([{ limit: 9 }]);
    expect(bench.script.starts).toBe(1);
  });

  test('LIFE-4: an instance that cannot take its new configuration has failed', async () => {
    await ask();
    bench.script.onConfigurationChange = () => Promise.reject(new Error('not this one'));
    bench.registry.updatePlugin(PLUGIN, { configuration: { limit: 9 } });
    await settle();
    expect(failures()).toMatchObject([{ cause: 'not this one' }]);
    expect(await ask()).toBe(INTERNAL);
    await bench.timers.advanceAsync(1_000);
    expect(await ask('limit')).toBe('9');
  });

  test('LIFE-5: per customer, else by default; devices without a customer by default', async () => {
    const b1 = bench.connect('b1');
    const free = bench.connect('free');
    const answers = async (): Promise<unknown[]> => [
      await ask(),
      await ask('echo', { text: 'hi' }, b1),
      await ask('echo', { text: 'hi' }, free),
    ];
    bench.registry.putCustomerSettings(PLUGIN, CUSTOMER_A, { enabled: false, configuration: {} });
    expect(await answers()).toEqual([DISABLED, '"hi"', '"hi"']);
    bench.registry.setEnabledByDefault(PLUGIN, false);
    bench.registry.putCustomerSettings(PLUGIN, CUSTOMER_A, { enabled: true, configuration: {} });
    expect(await answers()).toEqual(['"hi"', DISABLED, DISABLED]);
    bench.registry.deleteCustomerSettings(PLUGIN, CUSTOMER_A);
    expect(await answers()).toEqual([DISABLED, DISABLED, DISABLED]);
  });

  test('LIFE-5: calls that wait are answered when the plugin is disabled for their caller', () => {
    const ref = a1.ask('call', { to: DEVICES.a2 });
    bench.registry.putCustomerSettings(PLUGIN, CUSTOMER_A, { enabled: false, configuration: {} });
    expect(a1.answerTo(ref)).toBe(DISABLED);
  });

  test('LIFE-6: overrides are merged over the base', async () => {
    bench.registry.updatePlugin(PLUGIN, { configuration: { limit: 8, greeting: 'hey' } });
    bench.registry.putCustomerSettings(PLUGIN, CUSTOMER_A, { enabled: true, configuration: { limit: 99 } });
    expect(await ask('limit')).toBe('99');
    expect(await ask('limit', {}, bench.connect('b1'))).toBe('8');
    bench.registry.updatePlugin(PLUGIN, { configuration: { limit: 10 } });
    expect(await ask('limit')).toBe('99');
    expect(await ask('limit', {}, bench.connect('b1'))).toBe('10');
  });

  test('LIFE-6: an override that does not fit hurts its customer alone, and a check names it before', async () => {
    const overrides = new Map([[CUSTOMER_A, { enabled: true, configuration: { limit: 'many' } }]]);
    expect(bench.host.control.checkPlugin({ clazz: 'probe', configuration: {} }, overrides)).toEqual([
      { path: `${CUSTOMER_A}.limit`, message: 'limit must be an integer number' },
    ]);
    bench.registry.putCustomerSettings(PLUGIN, CUSTOMER_A, overrides.get(CUSTOMER_A)!);
    expect(await ask()).toBe(INTERNAL);
    expect(await ask('echo', { text: 'b' }, bench.connect('b1'))).toBe('"b"');
  });

  test('LIFE-7: an idle instance is let go and comes back with the next message', async () => {
    await ask();
    await bench.timers.advanceAsync(600_000);
    expect(bench.script.stops).toBe(1);
    expect(await ask()).toBe('"hi"');
    expect(bench.script.starts).toBe(2);
  });

  test('LIFE-7: one whose calls are under way stays', async () => {
    const ref = a1.ask('call', { to: DEVICES.a2, timeout: 3_600_000 });
    await bench.timers.advanceAsync(1_300_000);
    expect(bench.script.stops).toBe(0);
    const a2 = bench.connect('a2', { listen: true });
    a2.reply('1');
    expect(a1.answerTo(ref)).toBe('1');
  });

  test('a deleted plugin is gone for what waits and what comes', async () => {
    const waiting = a1.ask('call', { to: DEVICES.a2 });
    for (const rule of bench.registry.listRules(TENANT)) bench.registry.deleteRule(rule.id);
    bench.registry.deletePlugin(PLUGIN);
    expect(a1.answerTo(waiting)).toBe(INTERNAL);
    await settle();
    expect(bench.script.stops).toBe(1);
    expect(await ask()).toBe('{"error":"No rules configured!"}');
  });

  test('a deleted tenant takes its sessions and its plugins along', async () => {
    await ask();
    const foreign = bench.connect('foreign');
    bench.registry.deleteTenant(TENANT);
    await settle();
    expect([a1.closedBy, foreign.closedBy, bench.script.stops]).toEqual(['DEVICE_DELETED', undefined, 1]);
  });

  test('LIFE-9: message handlers that fail are logged and hurt nobody', async () => {
    bench.script.onMessage = () => Promise.reject(new Error('broken handler'));
    for (const rule of bench.registry.listRules(TENANT)) {
      bench.registry.updateRule(rule.id, { action: { name: 'f', clazz: 'forward', configuration: {} } });
    }
    expect(a1.session.publish('POST_TELEMETRY', Buffer.from('{}'))).toBe('accepted');
    await settle();
    expect(bench.errors()).toContain('A message handler failed');
  });
});

describe('a host', () => {
  test('LIFE-8: stops in order: no new requests, calls finish, plugins stop, sessions close', async () => {
    const a2 = bench.connect('a2', { listen: true });
    const ref = a1.ask('call', { to: DEVICES.a2 });
    const hopeless = a1.ask('call', { to: DEVICES.a3, timeout: 60_000 });
    const stopping = bench.host.stop();
    await settle();
    expect(bench.transport.phases).toEqual(['start', 'drain']);
    expect(a1.answerTo(hopeless)).toBe('{"error":"No active connection to the remote device!"}');
    expect(a1.closedBy).toBeUndefined();
    a2.reply('"in time"');
    await stopping;
    expect(a1.answerTo(ref)).toBe('"in time"');
    expect([a1.closedBy, a2.closedBy]).toEqual(['HOST_STOPPING', 'HOST_STOPPING']);
    expect([bench.script.stops, bench.transport.phases.at(-1)]).toEqual([1, 'stop']);
    await bench.host.stop();
  });

  test('LIFE-8: what is not finished in time gets its answer all the same', async () => {
    bench.connect('a2', { listen: true });
    bench.script.handle = () => new Promise(() => undefined);
    const silent = a1.ask('call', { to: DEVICES.a2, timeout: 60_000 });
    const stuck = a1.ask('scripted', {});
    const stopping = bench.host.stop({ drainTimeoutMs: 50 });
    await bench.timers.advanceAsync(50);
    await stopping;
    expect(a1.answerTo(silent)).toBe('{"error":"Timeout while waiting response from device!"}');
    expect(a1.answerTo(stuck)).toBe('{"error":"Timeout during processing of message by plugin!"}');
  });

  test('LIFE-8: a plugin that does not stop is not waited for longer than 10 s', async () => {
    await ask();
    bench.script.onStop = () => new Promise(() => undefined);
    const stopping = bench.host.stop();
    await bench.timers.advanceAsync(10_010);
    await stopping;
    expect(bench.errors()).toContain('A plugin failed to stop');
  });

  test('a transport that cannot start stops what was started before it', async () => {
    const phases: string[] = [];
    const part = (name: string, start: () => void) => ({
      name,
      start,
      drain: () => undefined,
      stop: () => void phases.push(name),
    });
    const host = createHost({
      plugins: [],
      registry: new InMemoryRegistry(),
      transports: [
        part('one', () => undefined),
        part('two', () => {
          throw new Error('port taken');
        }),
      ],
    });
    await expect(host.start()).rejects.toThrow('port taken');
    expect(phases).toEqual(['one']);
  });

  test('refuses what is no plugin, two of one name, and a version it does not speak', () => {
    @injectable()
    @Plugin({ id: 'twin', name: 'Twin', apiVersion: 1 })
    class Twin {}
    @injectable()
    @Plugin({ id: 'future', name: 'Future', apiVersion: 2 as 1 })
    class Future {}
    const host =
      (...plugins: (new () => object)[]) =>
      () =>
        createHost({ plugins, transports: [], registry: new InMemoryRegistry() });
    expect(host(class Plain {})).toThrow('Plain is not a plugin: it has no @Plugin(…) decorator');
    expect(host(Twin, Twin)).toThrow('Twin and Twin are both plugins named "twin"');
    expect(host(Future)).toThrow('Future is written for version 2 of the plugin SPI; this host speaks 1');
  });

  test("takes a session over for the same device and client id, and never another device's", () => {
    const first = bench.connect('a2', { clientId: 'c' });
    const other = bench.connect('a3', { clientId: 'c' });
    bench.connect('a2', { clientId: 'c' });
    bench.connect('a2', { clientId: '' });
    bench.connect('a2');
    expect([first.closedBy, other.closedBy]).toEqual(['TAKEN_OVER', undefined]);
    expect(bench.alive()).toMatchObject({ sessions: 5 });
  });

  test('nobody connects with unknown, revoked or replaced credentials', () => {
    expect(bench.open('nobody', a1)).toBeUndefined();
    bench.registry.revokeCredentials(DEVICES.a1);
    expect(a1.closedBy).toBe('CREDENTIALS_REVOKED');
    expect(bench.open('a1', a1)).toBeUndefined();
  });

  test('LIFE-5: devices of customer B are not touched by what is said of customer A', async () => {
    bench.registry.putCustomerSettings(PLUGIN, CUSTOMER_B, { enabled: true, configuration: { limit: 1 } });
    expect(await ask('limit')).toBe('7');
  });
});
