import type { Device } from '@device-messaging/plugin-api';
import type { DeviceField } from './get-devices-params.js';

/** One row of getDevices: exactly these members, the last two only when asked for. */
export interface DeviceSummary {
  readonly id: string;
  readonly name: string;
  readonly type?: string;
  readonly online?: boolean;
}

/** What a caller that asked for `fields` is told of a device. */
export function summaryOf(
  device: Device,
  fields: readonly DeviceField[],
  isOnline: (deviceId: string) => boolean,
): DeviceSummary {
  const { id, name, type } = device;
  if (fields.length === 0) return { id, name };
  return {
    id,
    name,
    ...(fields.includes('type') ? { type } : {}),
    ...(fields.includes('online') ? { online: isOnline(id) } : {}),
  };
}
