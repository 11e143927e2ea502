export type { DeviceClient } from './device-client.js';
