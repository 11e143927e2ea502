import type { Device, DeviceDirectory, DeviceQuery } from '@device-messaging/plugin-api';

/** A directory of the devices that a test puts in, oldest first. */
export class FakeDeviceDirectory implements DeviceDirectory {
  /** Ids of the devices that have a session. */
  readonly online = new Set<string>();

  constructor(readonly devices: Device[] = []) {}

  find(deviceId: string): Device | undefined {
    return this.devices.find(({ id }) => id === deviceId.toLowerCase());
  }

  list({ customerId, limit, after, except, type, name }: DeviceQuery): readonly Device[] {
    const own = this.devices.filter((device) => device.customerId === customerId);
    const start = after === undefined ? 0 : own.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && start === 0) return [];
    return own
      .slice(start)
      .filter((device) => device.id !== except)
      .filter((device) => (type === undefined || device.type === type) && (name === undefined || device.name === name))
      .slice(0, limit);
  }

  isOnline(deviceId: string): boolean {
    return this.online.has(deviceId);
  }
}
