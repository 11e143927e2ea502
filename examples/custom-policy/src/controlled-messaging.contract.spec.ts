import { describePluginContract } from '@device-messaging/testkit';
import { controlledMessaging } from './controlled-messaging.js';

describePluginContract('DeviceMessagingPlugin with another policy', controlledMessaging.type, {
  services: controlledMessaging.services,
});
