import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { DeviceDirectory, DeviceRpc, JsonText, pluginMetadataOf, rpcMethodsOf } from '@device-messaging/plugin-api';
import { Container } from 'inversify';
import { DeviceMessagingConfiguration } from './device-messaging-configuration.js';
import { DeviceMessagingPlugin } from './device-messaging-plugin.js';
import { GetDevicesParams } from './get-devices-params.js';
import { MessagingPolicy } from './messaging-policy.js';
import { SameCustomerPolicy } from './same-customer-policy.js';
import { SendMsgParams } from './send-msg-params.js';

/** A container as a host makes it for one instance: the ports, the plugin, and what the plugin brings along. */
function containerOfInstance(): Container {
  const container = new Container();
  const directory: DeviceDirectory = { find: () => undefined, list: () => [], isOnline: () => false };
  const rpc: DeviceRpc = { request: () => Promise.resolve(JsonText.NULL) };
  container.bind(DeviceDirectory).toConstantValue(directory);
  container.bind(DeviceRpc).toConstantValue(rpc);
  container.bind(DeviceMessagingPlugin).toSelf().inSingletonScope();
  const { services } = pluginMetadataOf(DeviceMessagingPlugin);
  if (services === undefined) throw new Error('the plugin declares no services');
  container.load(services);
  return container;
}

describe('the declaration of DeviceMessagingPlugin', () => {
  it('names what ThingsBoard 1.x export files name', () => {
    expect(pluginMetadataOf(DeviceMessagingPlugin)).toMatchObject({
      id: 'device-messaging',
      name: 'Device Messaging Plugin',
      apiVersion: 1,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      configuration: DeviceMessagingConfiguration,
      aliases: ['org.thingsboard.server.extensions.core.plugin.messaging.DeviceMessagingPlugin'],
    });
  });

  it('answers two methods', () => {
    expect(rpcMethodsOf(DeviceMessagingPlugin)).toEqual([
      { method: 'getDevices', params: GetDevicesParams, handler: 'getDevices' },
      { method: 'sendMsg', params: SendMsgParams, handler: 'sendMsg' },
    ]);
  });

  it('MSG-28: binds SameCustomerPolicy as its security rule', () => {
    const container = containerOfInstance();
    expect(container.get(MessagingPolicy)).toBe(container.get(SameCustomerPolicy));
    expect(container.get(DeviceMessagingPlugin)).toBeInstanceOf(DeviceMessagingPlugin);
  });

  it('MSG-28: serves many instances, each with a policy of its own', () => {
    expect(containerOfInstance().get(MessagingPolicy)).not.toBe(containerOfInstance().get(MessagingPolicy));
  });
});
