export { connectDevice } from './connect-device.js';
export type { ConnectOptions } from './connect-options.js';
export type { DeviceClient, ReceivedCall } from './device-client.js';
export { DeviceClientError, type DeviceClientErrorCode } from './device-client-error.js';
