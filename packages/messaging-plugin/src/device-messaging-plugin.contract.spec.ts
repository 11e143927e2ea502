import { describePluginContract } from '@device-messaging/testkit';
import { DeviceMessagingPlugin } from './device-messaging-plugin.js';

describePluginContract('DeviceMessagingPlugin', DeviceMessagingPlugin, {
  configurations: {
    valid: [{ maxDeviceCountPerCustomer: 0 }, { defaultTimeout: 1, maxTimeout: 1 }],
    invalid: [{ maxDeviceCountPerCustomer: -1 }, { defaultTimeout: 70_000 }, { maxTimeout: '60000' }],
  },
});
