import type { AnsweredRequest, ComponentFailure, HostObserver, PluginEvent } from '@device-messaging/host-api';
import { RuleFilter, type RuleFilterComponent } from '@device-messaging/plugin-api';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { injectable } from 'inversify';
import { CUSTOMER_A, DEVICES, HostBench, NOTHING_ALIVE, PLUGIN, rpcRule, TENANT } from '../spec-support/host-bench.js';

@injectable()
@RuleFilter({ id: 'broken', name: 'Broken Filter' })
class BrokenFilter implements RuleFilterComponent {
  matches(): boolean {
    throw new Error('the filter is broken');
  }
}

class Notes implements HostObserver {
  readonly requests: AnsweredRequest[] = [];
  readonly plugins: PluginEvent[] = [];
  readonly failures: ComponentFailure[] = [];
  requestAnswered = (request: AnsweredRequest): void => void this.requests.push(request);
  pluginChanged = (event: PluginEvent): void => void this.plugins.push(event);
  componentFailed = (failure: ComponentFailure): void => void this.failures.push(failure);
}

let bench: HostBench;
let notes: Notes;

beforeEach(async () => {
  notes = new Notes();
  bench = await HostBench.start({ observer: notes, ruleComponents: [BrokenFilter] });
});

afterEach(async () => {
  await bench.host.stop({ drainTimeoutMs: 0 });
  expect(bench.alive()).toEqual(NOTHING_ALIVE);
});

const kinds = (): string[] => notes.plugins.map(({ kind }) => kind);

describe('a request that has its answer', () => {
  test('OBS-1: is told once, with who, whom, outcome, times and sizes', () => {
    bench.registry.updatePlugin(PLUGIN, { audit: 'messages' });
    const [a1, a2] = [bench.connect('a1'), bench.connect('a2', { listen: true })];
    const request = `{"method":"call","params":{"to":"${DEVICES.a2}","body":{"secret":"42"}}}`;
    const receivedAt = bench.timers.now();
    a1.askRaw(request);
    expect(notes.requests).toEqual([]);
    bench.timers.advance(30);
    a2.reply('{"secret":"43"}');
    a2.reply('"late"');
    expect(notes.requests).toEqual([
      {
        tenantId: TENANT,
        customerId: CUSTOMER_A,
        deviceId: DEVICES.a1,
        transport: 'direct',
        method: 'call',
        pluginId: PLUGIN,
        audit: 'messages',
        targetDeviceId: DEVICES.a2,
        outcome: 'OK',
        receivedAt,
        answeredAt: receivedAt + 30,
        requestBytes: request.length,
        answerBytes: 15,
      },
    ]);
    expect(JSON.stringify(notes.requests)).not.toContain('secret');
  });

  test.each([
    ['echo', {}, 'OK', PLUGIN],
    ['fail', { text: 'coded' }, 'DEVICE_UNASSIGNED', PLUGIN],
    ['fail', { text: 'now' }, 'INTERNAL', PLUGIN],
    ['echo', { text: 1 }, 'INVALID_PARAMS', PLUGIN],
    ['nothing', {}, 'NO_RESPONSE', PLUGIN],
    ['call', { to: DEVICES.b1 }, 'NOT_ALLOWED', PLUGIN],
    ['call', { to: DEVICES.a3, offline: 'fail' }, 'NO_ACTIVE_CONNECTION', PLUGIN],
  ])('OBS-1: %s %j is %s', (method, params, outcome, pluginId) => {
    bench.connect('a1').ask(method, params);
    expect(notes.requests).toMatchObject([{ method, outcome, pluginId }]);
  });

  test('OBS-1: what no plugin was asked for names none', () => {
    for (const { id } of bench.registry.listRules(TENANT)) bench.registry.deleteRule(id);
    bench.connect('a1').ask('echo');
    expect(notes.requests).toMatchObject([{ outcome: 'NO_RULES', pluginId: undefined, audit: 'none' }]);
  });

  test('OBS-1: malformed requests and those over a quota are told as well', () => {
    bench.registry.putQuotas({ kind: 'device', id: DEVICES.a1 }, { messagesPerSecond: 0 });
    const a1 = bench.connect('a1');
    a1.askRaw('{');
    a1.ask('echo');
    expect(notes.requests).toMatchObject([
      { outcome: 'INVALID_REQUEST', method: '', customerId: CUSTOMER_A, requestBytes: 1 },
      { outcome: 'RATE_LIMIT_EXCEEDED', method: 'echo', customerId: CUSTOMER_A, answerBytes: 32 },
    ]);
  });

  test('OBS-1: a request whose session is gone is told when it has its answer', () => {
    const [a1, a2] = [bench.connect('a1'), bench.connect('a2', { listen: true })];
    a1.ask('call', { to: DEVICES.a2 });
    a1.session.close();
    a2.reply('1');
    expect(notes.requests).toMatchObject([{ outcome: 'OK', deviceId: DEVICES.a1 }]);
  });

  test('OBS-1: an answer that was too large is told as what the device got instead', () => {
    const a1 = bench.connect('a1');
    a1.maxAnswerBytes = 60;
    a1.ask('echo', { text: 'x'.repeat(100) });
    expect(notes.requests).toMatchObject([{ outcome: 'MESSAGE_TOO_LARGE', answerBytes: 57 }]);
    expect(bench.host.control.statistics().requestsByOutcome.get('MESSAGE_TOO_LARGE')).toBe(1);
  });
});

describe('counters', () => {
  test('OBS-5: telemetry over a quota is told apart from what is no JSON', () => {
    bench.registry.putQuotas({ kind: 'device', id: DEVICES.a1 }, { messagesPerSecond: 1 });
    const { session } = bench.connect('a1');
    for (const payload of ['{', '{}', '{}']) session.publish('POST_TELEMETRY', Buffer.from(payload));
    const { messages, droppedMessages, rateLimitedMessages } = bench.host.control.statistics();
    expect([messages, droppedMessages, rateLimitedMessages]).toEqual([1, 2, 1]);
  });
});

describe('the life of a plugin', () => {
  test('OBS-2: start, stop and start again are told', async () => {
    const a1 = bench.connect('a1');
    a1.ask('echo');
    expect(notes.plugins).toEqual([
      {
        kind: 'STARTED',
        tenantId: TENANT,
        pluginId: PLUGIN,
        name: 'Probe',
        nodeId: expect.any(String),
        at: bench.timers.now(),
        cause: undefined,
      },
    ]);
    bench.registry.updatePlugin(PLUGIN, { state: 'SUSPENDED' });
    bench.registry.updatePlugin(PLUGIN, { state: 'ACTIVE' });
    await bench.timers.advanceAsync(0);
    a1.ask('echo');
    expect(kinds()).toEqual(['STARTED', 'STOPPED', 'STARTED']);
    await bench.host.stop({ drainTimeoutMs: 0 });
    expect(kinds().at(-1)).toBe('STOPPED');
  });

  test('OBS-2: a failure is told once for each cause, and so is the recovery', () => {
    let cause = 'no database';
    bench.script.onStart = () => {
      if (cause !== '') throw new Error(cause);
    };
    const a1 = bench.connect('a1');
    const retry = (): void => {
      a1.ask('echo');
      bench.timers.advance(60_000);
    };
    retry();
    retry();
    cause = 'no network';
    retry();
    cause = '';
    retry();
    expect(notes.plugins.map(({ kind, cause: why }) => [kind, why])).toEqual([
      ['FAILED', 'no database'],
      ['FAILED', 'no network'],
      ['RECOVERED', undefined],
    ]);
  });

  test('OBS-2: an instance that cannot take its configuration failed, and is not said to have stopped', () => {
    bench.connect('a1').ask('echo');
    bench.script.onConfigurationChange = () => {
      throw new Error('not with me');
    };
    bench.registry.updatePlugin(PLUGIN, { configuration: { limit: 1 } });
    expect(kinds()).toEqual(['STARTED', 'FAILED']);
  });
});

describe('a component that fails', () => {
  test('OBS-3: is told at most once in 3 s, with how many were left out', () => {
    const a1 = bench.connect('a1');
    for (let count = 0; count < 5; count++) a1.ask('fail', { text: 'now' });
    bench.timers.advance(3_000);
    a1.ask('fail', { text: 'now' });
    expect(notes.failures).toMatchObject([
      {
        tenantId: TENANT,
        entityId: PLUGIN,
        component: 'handler "fail"',
        cause: 'the secret is 42',
        omitted: 0,
        at: bench.timers.now() - 3_000,
      },
      { entityId: PLUGIN, omitted: 4 },
    ]);
    expect(bench.errors()).toHaveLength(2);
  });

  test('OBS-3: each component for itself: handlers of requests and of messages, rules', () => {
    const { id } = bench.registry.createRule(
      rpcRule({
        weight: 1,
        filters: [{ name: 'Broken', clazz: 'broken', configuration: {} }],
      }),
    );
    bench.registry.createRule(
      rpcRule({ weight: -1, action: { name: 'Hand on', clazz: 'forward', configuration: {} } }),
    );
    bench.script.onMessage = () => Promise.reject(new Error('not now'));
    const a1 = bench.connect('a1');
    a1.ask('fail', { text: 'now' });
    a1.session.publish('POST_TELEMETRY', Buffer.from('{}'));
    return bench.timers.advanceAsync(0).then(() => {
      expect(notes.failures.map(({ entityId, component, cause }) => [entityId, component, cause])).toEqual([
        [id, 'filters[0]', 'the filter is broken'],
        [PLUGIN, 'handler "fail"', 'the secret is 42'],
        [PLUGIN, 'handler of POST_TELEMETRY', 'not now'],
      ]);
    });
  });

  test('OBS-3: a rule that cannot be compiled is told, too', () => {
    const { id } = bench.registry.createRule(
      rpcRule({ action: { name: 'x', clazz: 'unheard-of', configuration: {} } }),
    );
    bench.connect('a1').ask('echo');
    expect(notes.failures).toMatchObject([{ entityId: id, component: 'rule' }]);
  });
});

describe('an observer that throws', () => {
  test('OBS-4: is told of in the log, and hurts nobody', async () => {
    const broken = (): void => {
      throw new Error('the observer is broken');
    };
    const observer = { requestAnswered: broken, pluginChanged: broken, componentFailed: broken };
    const other = await HostBench.start({ observer });
    const a1 = other.connect('a1');
    expect(a1.answerTo(a1.ask('echo', { text: 'x' }))).toBe('"x"');
    expect(a1.answerTo(a1.ask('fail', { text: 'now' }))).toContain('Internal server error!');
    expect(other.errors().filter((line) => line === 'The observer of the host failed')).toHaveLength(4);
    await other.host.stop({ drainTimeoutMs: 0 });
    expect(other.alive()).toEqual(NOTHING_ALIVE);
  });
});
