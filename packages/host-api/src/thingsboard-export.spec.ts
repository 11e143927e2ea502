import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from './configuration.js';
import { readPluginExport, readRuleExport } from './thingsboard-export.js';

const TENANT = 'cba44a80-9fce-11e6-8080-808080808080';

/** The files are ThingsBoard's own, unchanged; the server package ships them with its demo account. */
function exported(name: string): Record<string, unknown> {
  const file = new URL(`../../server/demo/${name}`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('readPluginExport', () => {
  const plugin = exported('demo_device_messaging_rpc_plugin.json');

  it('reads the file that ThingsBoard 1.4 exports', () => {
    expect(readPluginExport(TENANT, plugin)).toEqual({
      tenantId: TENANT,
      name: 'Demo Device Messaging RPC Plugin',
      apiToken: 'messaging',
      clazz: 'org.thingsboard.server.extensions.core.plugin.messaging.DeviceMessagingPlugin',
      state: 'ACTIVE',
      configuration: { maxDeviceCountPerCustomer: 1024, defaultTimeout: 20000, maxTimeout: 60000 },
    });
  });

  it('ignores members that a definition has no place for', () => {
    expect(readPluginExport(TENANT, { ...plugin, id: 7, tenantId: 'other', later: [] })).toEqual(
      readPluginExport(TENANT, plugin),
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a missing name', { name: undefined }, 'name: must be a text that is not empty, got nothing'],
    ['a blank token', { apiToken: ' ' }, 'apiToken: must be a text that is not empty, got " "'],
    ['a mistyped class', { clazz: 7 }, 'clazz: must be a text that is not empty, got 7'],
    ['an unknown state', { state: 'RUNNING' }, 'state: must be "ACTIVE" or "SUSPENDED", got "RUNNING"'],
    ['no configuration', { configuration: null }, 'configuration: must be an object, got null'],
    ['a list as configuration', { configuration: [] }, 'configuration: must be an object, got an array'],
  ])('refuses %s', (_what, change, problem) => {
    expect(problemsOf(() => readPluginExport(TENANT, { ...plugin, ...change }))).toEqual([problem]);
  });

  it('names everything that is wrong at once', () => {
    expect(problemsOf(() => readPluginExport(TENANT, {}))).toHaveLength(5);
  });

  it.each([[undefined], [null], ['text'], [[plugin]]])('refuses %j, which is no object', (json) => {
    expect(() => readPluginExport(TENANT, json)).toThrow('an export file of ThingsBoard must be an object, got');
  });

  it('quotes no more than the beginning of a long value', () => {
    const [problem = ''] = problemsOf(() => readPluginExport(TENANT, { ...plugin, state: 'A'.repeat(10_000) }));
    expect(problem.length).toBeLessThan(150);
  });
});

describe('readRuleExport', () => {
  const rule = exported('demo_messaging_rpc_rule.json');
  const filter = (rule['filters'] as Record<string, unknown>[])[0];

  it('reads the file that ThingsBoard 1.4 exports', () => {
    expect(readRuleExport(TENANT, rule)).toEqual({
      tenantId: TENANT,
      name: 'Demo Messaging RPC Rule',
      state: 'ACTIVE',
      weight: 0,
      pluginToken: 'messaging',
      filters: [
        {
          name: 'RPC Request Filter',
          clazz: 'org.thingsboard.server.extensions.core.filter.MsgTypeFilter',
          configuration: { messageTypes: ['RPC_REQUEST'] },
        },
        {
          name: 'Messaging methods filter',
          clazz: 'org.thingsboard.server.extensions.core.filter.MethodNameFilter',
          configuration: { methodNames: [{ name: 'getDevices' }, { name: 'sendMsg' }] },
        },
      ],
      processor: undefined,
      action: {
        name: 'Messaging RPC Action',
        clazz: 'org.thingsboard.server.extensions.core.action.rpc.RpcPluginAction',
        configuration: {},
      },
    });
  });

  it('reads a processor', () => {
    const processor = { name: 'Adds', clazz: 'adder', configuration: { by: 1 }, later: true };
    expect(readRuleExport(TENANT, { ...rule, processor }).processor).toEqual({
      name: 'Adds',
      clazz: 'adder',
      configuration: { by: 1 },
    });
  });

  it('takes a rule without filters, which matches everything', () => {
    expect(readRuleExport(TENANT, { ...rule, filters: [] }).filters).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a fraction as weight', { weight: 1.5 }, 'weight: must be an integer, got 1.5'],
    ['a text as weight', { weight: '1' }, 'weight: must be an integer, got "1"'],
    ['no plugin token', { pluginToken: null }, 'pluginToken: must be a text that is not empty, got null'],
    ['no filters', { filters: undefined }, 'filters: must be an array, got nothing'],
    ['a filter that is no object', { filters: [filter, 'x'] }, 'filters.1: must be an object, got "x"'],
    [
      'a filter without class',
      { filters: [filter, { ...filter, clazz: undefined }] },
      'filters.1.clazz: must be a text that is not empty, got nothing',
    ],
    ['no action', { action: null }, 'action: must be an object, got null'],
    [
      'a mistyped configuration of the action',
      { action: { name: 'a', clazz: 'rpc', configuration: 'none' } },
      'action.configuration: must be an object, got "none"',
    ],
    [
      'a processor without name',
      { processor: { clazz: 'adder', configuration: {} } },
      'processor.name: must be a text that is not empty, got nothing',
    ],
  ])('refuses %s', (_what, change, problem) => {
    expect(problemsOf(() => readRuleExport(TENANT, { ...rule, ...change }))).toEqual([problem]);
  });
});
