import 'reflect-metadata';
import { DeviceMessagingPlugin, MessagingPolicy } from '@device-messaging/messaging-plugin';
import { ContainerModule } from 'inversify';
import { ControllerToActuatorPolicy } from './controller-to-actuator-policy.js';

/**
 * The Device Messaging Plugin with another security rule, ready for `createHost({ plugins: [controlledMessaging] })`.
 * A host loads `services` after the plugin's own, into the container of each instance; so the plugin's default is
 * there to be replaced, and its other services are there to be used.
 */
export const controlledMessaging = {
  type: DeviceMessagingPlugin,
  services: new ContainerModule(({ rebind }) => {
    rebind<MessagingPolicy>(MessagingPolicy).to(ControllerToActuatorPolicy).inSingletonScope();
  }),
};
