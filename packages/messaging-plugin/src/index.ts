export { DeviceMessagingPlugin } from './device-messaging-plugin.js';
export { DeviceMessagingConfiguration } from './device-messaging-configuration.js';
export { MessagingPolicy } from './messaging-policy.js';
export { SameCustomerPolicy } from './same-customer-policy.js';
export { GetDevicesParams, type DeviceField } from './get-devices-params.js';
export { SendMsgParams } from './send-msg-params.js';
export type { DeviceSummary } from './device-summary.js';
