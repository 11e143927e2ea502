import { describe, expect, it } from '@jest/globals';
import * as api from './index.js';

describe('the plugin SPI', () => {
  it('offers these values and no others', () => {
    expect(Object.keys(api).sort()).toEqual([
      'Clock',
      'Coerce',
      'ComponentConfiguration',
      'DeviceDirectory',
      'DeviceRpc',
      'IsJson',
      'JsonText',
      'Logger',
      'MESSAGE_TYPES',
      'MessageHandler',
      'NoParams',
      'Plugin',
      'PluginAction',
      'PluginInstance',
      'RPC_ERROR_TEXTS',
      'RpcError',
      'RpcMethod',
      'RuleFilter',
      'RuleProcessor',
      'coercionsOf',
      'isThenable',
      'messageHandlersOf',
      'pluginMetadataOf',
      'rpcMethodsOf',
      'ruleComponentOf',
    ]);
  });

  it('has tokens that are the same whichever copy of the package made them', () => {
    const { Clock, DeviceDirectory, DeviceRpc, Logger, PluginInstance, ComponentConfiguration } = api;
    const tokens = { Clock, DeviceDirectory, DeviceRpc, Logger, PluginInstance, ComponentConfiguration };
    for (const [name, token] of Object.entries(tokens)) expect(token).toBe(Symbol.for(`device-messaging:${name}`));
  });
});
