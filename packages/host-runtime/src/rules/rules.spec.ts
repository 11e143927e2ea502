import { afterEach, describe, expect, test } from '@jest/globals';
import {
  ComponentConfiguration,
  PluginAction,
  RuleFilter,
  RuleProcessor,
  JsonText,
  type Awaitable,
  type PluginActionComponent,
  type RuleFilterComponent,
  type RuleMessage,
  type RuleProcessorComponent,
} from '@device-messaging/plugin-api';
import type { ComponentDefinition, RuleDefinition } from '@device-messaging/host-api';
import { settle } from '@device-messaging/testkit';
import { IsIn, IsString } from 'class-validator';
import { inject, injectable } from 'inversify';
import { CUSTOMER_A, HostBench, NOTHING_ALIVE, PLUGIN, rpcRule, TENANT } from '../spec-support/host-bench.js';

const visited: string[] = [];

class TraceConfiguration {
  @IsString()
  label = '';

  @IsIn(['match', 'pass', 'throw', 'later', 'reject', 'hang'])
  does = 'match';
}

@injectable()
@RuleFilter({ id: 'trace', name: 'Trace', configuration: TraceConfiguration })
class TraceFilter implements RuleFilterComponent {
  constructor(@inject(ComponentConfiguration) private readonly configuration: TraceConfiguration) {}

  matches(): Awaitable<boolean> {
    visited.push(this.configuration.label);
    switch (this.configuration.does) {
      case 'throw':
        throw new Error('broken filter');
      case 'reject':
        return Promise.reject(new Error('broken filter'));
      case 'later':
        return Promise.resolve(true);
      case 'hang':
        return new Promise(() => undefined);
      default:
        return this.configuration.does === 'match';
    }
  }
}

@injectable()
@RuleProcessor({ id: 'sizer', name: 'Sizer', configuration: TraceConfiguration })
class SizeProcessor implements RuleProcessorComponent {
  constructor(@inject(ComponentConfiguration) private readonly configuration: TraceConfiguration) {}

  process(message: RuleMessage): Awaitable<Record<string, unknown>> {
    if (this.configuration.does === 'throw') throw new Error('broken processor');
    const found = { bytes: message.payload.bytes.length };
    return this.configuration.does === 'later' ? Promise.resolve(found) : found;
  }
}

@injectable()
@PluginAction({ id: 'shout', name: 'Shout', mode: 'two-way' })
class ShoutAction implements PluginActionComponent {
  toPlugin(message: RuleMessage): RuleMessage {
    return { ...message, payload: JsonText.of({ method: 'echo', params: { text: 'SHOUTED' } }) };
  }
}

let bench: HostBench;

async function start(...rules: Partial<RuleDefinition>[]): Promise<HostBench> {
  visited.length = 0;
  bench = await HostBench.start({ bare: true, ruleComponents: [TraceFilter, SizeProcessor, ShoutAction] });
  bench.createPlugin();
  for (const rule of rules) bench.registry.createRule(rpcRule(rule));
  return bench;
}

afterEach(async () => {
  await bench.host.stop({ drainTimeoutMs: 0 });
  expect(bench.alive()).toEqual(NOTHING_ALIVE);
});

function trace(label: string, does = 'match'): ComponentDefinition {
  return { name: label, clazz: 'trace', configuration: { label, does } };
}

const FORWARD = { name: 'Forward', clazz: 'forward', configuration: {} };

async function ask(text = 'hi'): Promise<string | undefined> {
  const link = bench.connect('a1');
  const ref = link.ask('echo', { text });
  await settle();
  return link.answerTo(ref);
}

describe('rules', () => {
  test('RULE-1, RULE-3: by descending weight, then by age, up to the first two-way action', async () => {
    await start(
      { weight: 1, filters: [trace('c')], action: FORWARD },
      { weight: 1, filters: [trace('d')] },
      { weight: 5, filters: [trace('b', 'pass')] },
      { weight: 9, filters: [trace('a')], action: FORWARD },
      { weight: 0, filters: [trace('never')] },
    );
    expect(await ask()).toBe('"hi"');
    expect(visited).toEqual(['a', 'b', 'c', 'd']);
  });

  test('RULE-2: all filters must match; those behind one that does not are not asked', async () => {
    await start(
      { filters: [trace('1'), trace('2', 'pass'), trace('3')] },
      { filters: [trace('4', 'later'), trace('5')] },
    );
    expect(await ask()).toBe('"hi"');
    expect(visited).toEqual(['1', '2', '4', '5']);
  });

  test.each<[string, Partial<RuleDefinition>[]]>([
    ['No rules configured!', []],
    ['No active rules!', [{ state: 'SUSPENDED' }]],
    ['No rules that match current message!', [{ filters: [trace('x', 'pass')] }]],
    ['Rule filters match, but no rule with two-way action configured!', [{ action: FORWARD }]],
    [
      'Rule filters match, message processed by plugin, but no response produced by rule action!',
      [{ action: FORWARD }, { filters: [] }],
    ],
  ])('RULE-4: %s', async (error, rules) => {
    await start(...rules);
    const link = bench.connect('a1');
    const ref = link.ask('noSuchMethod');
    expect(link.answerTo(ref)).toBe(JSON.stringify({ error }));
  });

  test('RULE-4, MSG-40: of several reasons the one furthest down wins', async () => {
    await start({ weight: 2, action: FORWARD, pluginToken: 'probe' }, { weight: 1, filters: [trace('x', 'pass')] });
    bench.registry.updatePlugin(PLUGIN, { state: 'SUSPENDED' });
    expect(await ask()).toBe('{"error":"Plugin is suspended!"}');
  });

  test.each(['throw', 'reject'])(
    'RULE-5: a filter that breaks (%s) does not match, and is logged once in 3 s',
    async (does) => {
      await start({ filters: [trace('broken', does)] });
      expect(await ask()).toBe('{"error":"No rules that match current message!"}');
      expect(await ask()).toBe('{"error":"No rules that match current message!"}');
      const faults = (): number => bench.errors().filter((message) => message === 'A rule component failed').length;
      expect(faults()).toBe(1);
      bench.timers.advance(3_000);
      await ask();
      expect(faults()).toBe(2);
      expect(bench.logger.lines.at(-1)?.fields).toMatchObject({ omitted: 1 });
    },
  );

  test('RULE-5: a filter that hangs does not match after its time', async () => {
    await start({ weight: 1, filters: [trace('stuck', 'hang')] });
    bench.registry.createRule(rpcRule());
    const link = bench.connect('a1');
    const ref = link.ask('echo', { text: 'late' });
    await bench.timers.advanceAsync(10_010);
    // The request's own time to start is over as well by then.
    expect(link.answerTo(ref)).toBe('{"error":"Internal server error!"}');
    expect(bench.script.begun).toEqual([]);
  });

  test('RULE-5: a rule that cannot be made never matches, and says why in the log', async () => {
    await start({ filters: [{ name: 'x', clazz: 'nope', configuration: {} }] });
    expect(await ask()).toBe('{"error":"No rules that match current message!"}');
    const line = bench.logger.lines.find(({ level }) => level === 'error');
    expect(String(line?.fields?.['error'])).toContain('filters[0].clazz: "nope" is not known; a rule filter is one of');
  });

  test.each(['match', 'later'])('RULE-6: what a processor finds reaches the handler (%s)', async (does) => {
    await start({ processor: { name: 'p', clazz: 'sizer', configuration: { does } }, action: FORWARD });
    bench.connect('a1').session.publish('POST_TELEMETRY', Buffer.from('{"t":1}'));
    await settle();
    expect(bench.script.messages).toMatchObject([{ type: 'POST_TELEMETRY', metadata: { bytes: 7 } }]);
    expect(bench.script.messages[0]!.payload.toString()).toBe('{"t":1}');
  });

  test('RULE-6: when a processor breaks, the rule goes no further and the caller is told', async () => {
    await start({ processor: { name: 'p', clazz: 'sizer', configuration: { does: 'throw' } } });
    expect(await ask()).toBe('{"error":"Internal server error!"}');
    expect(bench.script.begun).toEqual([]);
  });

  test('RULE-3: telemetry visits every rule that applies', async () => {
    await start(
      { filters: [trace('1')], action: FORWARD },
      { filters: [trace('2')] },
      { filters: [trace('3')], action: FORWARD },
    );
    bench.connect('a1').session.publish('POST_TELEMETRY', Buffer.from('{}'));
    expect(visited).toEqual(['1', '2', '3']);
    // The one in the middle is two-way, and its action has nothing for the plugin but RPC requests.
    expect(bench.script.messages).toHaveLength(2);
  });

  test('telemetry that is no JSON is refused', async () => {
    await start({ action: FORWARD });
    expect(bench.connect('a1').session.publish('POST_TELEMETRY', Buffer.from('{'))).toBe('malformed');
    expect(bench.script.messages).toEqual([]);
  });

  test('RULE-7: a rule whose plugin is missing', async () => {
    await start({ pluginToken: 'gone' });
    expect(await ask()).toBe('{"error":"Internal server error!"}');
  });

  test('RULE-8: the class names of ThingsBoard 1.x are aliases', async () => {
    const filters = 'org.thingsboard.server.extensions.core.filter';
    await start({
      filters: [
        { name: 'f', clazz: `${filters}.MsgTypeFilter`, configuration: { messageTypes: ['RPC_REQUEST'] } },
        { name: 'f', clazz: `${filters}.MethodNameFilter`, configuration: { methodNames: [{ name: 'echo' }] } },
      ],
      action: {
        name: 'a',
        clazz: 'org.thingsboard.server.extensions.core.action.rpc.RpcPluginAction',
        configuration: {},
      },
    });
    expect(await ask()).toBe('"hi"');
    const link = bench.connect('a1');
    expect(link.answerTo(link.ask('limit'))).toBe('{"error":"No rules that match current message!"}');
  });

  test('the built-in filters for device type and customer', async () => {
    await start({
      filters: [
        { name: 'f', clazz: 'device-type', configuration: { deviceTypes: [{ name: 'default' }] } },
        { name: 'f', clazz: 'customer', configuration: { customerIds: [CUSTOMER_A.toUpperCase()] } },
      ],
    });
    expect(await ask()).toBe('"hi"');
    for (const other of ['b1', 'free'] as const) {
      const link = bench.connect(other);
      expect(link.answerTo(link.ask('echo'))).toBe('{"error":"No rules that match current message!"}');
    }
  });

  test('RULE-9: a changed rule acts on the next message', async () => {
    await start({});
    expect(await ask()).toBe('"hi"');
    const [rule] = bench.registry.listRules(TENANT);
    bench.registry.updateRule(rule!.id, { state: 'SUSPENDED' });
    expect(await ask()).toBe('{"error":"No active rules!"}');
    bench.registry.deleteRule(rule!.id);
    expect(await ask()).toBe('{"error":"No rules configured!"}');
  });

  test('an action may hand on another request than the one that came in', async () => {
    await start({ action: { name: 's', clazz: 'shout', configuration: {} } });
    expect(await ask('quiet')).toBe('"SHOUTED"');
  });

  test('definitions are checked with their paths before they are stored', async () => {
    await start();
    const { control } = bench.host;
    expect(
      control.checkRule({
        filters: [{ name: 'f', clazz: 'method-name', configuration: { methodNames: [{ name: 7 }], extra: 1 } }],
        processor: { name: 'p', clazz: 'rpc', configuration: {} },
        action: { name: 'a', clazz: 'nothing', configuration: {} },
      }),
    ).toMatchObject([
      { path: 'filters[0].configuration.extra' },
      { path: 'filters[0].configuration.methodNames.0.name', message: 'name must be a string' },
      { path: 'processor.clazz', message: expect.stringContaining('is a rule action') },
      { path: 'action.clazz', message: expect.stringContaining('rpc, ') },
    ]);
  });
});
