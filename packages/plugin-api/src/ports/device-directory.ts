import type { Device } from '../device.js';
import type { Awaitable } from '../reply.js';

/** Which devices of a customer, oldest first. */
export interface DeviceQuery {
  readonly customerId: string;
  /** At most this many rows. */
  readonly limit: number;
  /** Only devices younger than this one: the page after it. */
  readonly after?: string | undefined;
  /** Leaves out this device. */
  readonly except?: string | undefined;
  /** Exact match. */
  readonly type?: string | undefined;
  /** Exact match. */
  readonly name?: string | undefined;
}

/** Port: the devices of the plugin instance's tenant. Devices of other tenants do not exist here. */
export interface DeviceDirectory {
  /** The device as it is now, or `undefined`. Ids are taken in any case. */
  find(deviceId: string): Awaitable<Device | undefined>;
  /** Devices of a customer by age, oldest first. */
  list(query: DeviceQuery): Awaitable<readonly Device[]>;
  /** Whether the device has a session now. For display: a device may come or go right after. */
  isOnline(deviceId: string): boolean;
}

export const DeviceDirectory: unique symbol = Symbol.for('device-messaging:DeviceDirectory');
