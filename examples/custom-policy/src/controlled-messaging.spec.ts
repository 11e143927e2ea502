import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { MessagingPolicy, SameCustomerPolicy } from '@device-messaging/messaging-plugin';
import { DeviceDirectory, DeviceRpc, JsonText, pluginMetadataOf, type Authorize } from '@device-messaging/plugin-api';
import { Container } from 'inversify';
import { controlledMessaging } from './controlled-messaging.js';
import { ControllerToActuatorPolicy } from './controller-to-actuator-policy.js';

/** The container of one plugin instance, loaded in a host's order: the plugin's services, then the registration's. */
function containerOfInstance(): Container {
  const directory: DeviceDirectory = { find: () => undefined, list: () => [], isOnline: () => false };
  const rpc: DeviceRpc = { request: () => Promise.resolve(JsonText.NULL) };
  const container = new Container();
  container.bind(DeviceDirectory).toConstantValue(directory);
  container.bind(DeviceRpc).toConstantValue(rpc);
  container.bind(controlledMessaging.type).toSelf().inSingletonScope();
  const { services } = pluginMetadataOf(controlledMessaging.type);
  if (services === undefined) throw new Error('the plugin declares no services');
  container.load(services, controlledMessaging.services);
  return container;
}

describe('controlledMessaging', () => {
  it('puts its policy in the place of the default', () => {
    const container = containerOfInstance();
    expect(container.getAll(MessagingPolicy)).toEqual([expect.any(ControllerToActuatorPolicy)]);
    expect(container.get(controlledMessaging.type)).toBeInstanceOf(controlledMessaging.type);
  });

  it('leaves the default where the new policy finds it', () => {
    expect(containerOfInstance().get(SameCustomerPolicy)).toBeInstanceOf(SameCustomerPolicy);
  });

  it('serves many instances, each with a policy of its own', () => {
    const [one, other] = [containerOfInstance(), containerOfInstance()];
    expect(one.get(MessagingPolicy)).toBe(one.get(MessagingPolicy));
    expect(one.get(MessagingPolicy)).not.toBe(other.get(MessagingPolicy));
  });

  it('can be asked like any other policy', async () => {
    const policy = containerOfInstance().get<{ authorize: Authorize }>(MessagingPolicy);
    const device = { id: 'a1', tenantId: 'tenant', customerId: 'customer-a', name: 'A1', type: 'default' };
    expect(await policy.authorize(device, device)).toMatchObject({ allowed: false });
  });
});
