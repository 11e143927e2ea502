import { injectable } from 'inversify';
import { DeviceEntry } from './device-entry.js';

/** The devices that this node has to do with at this moment. */
@injectable()
export class DeviceTable {
  private readonly entries = new Map<string, DeviceEntry>();

  get size(): number {
    return this.entries.size;
  }

  get(deviceId: string): DeviceEntry | undefined {
    return this.entries.get(deviceId);
  }

  /** Whether the device has a session on this node. `deviceId` in lower case. */
  isOnline(deviceId: string): boolean {
    return (this.entries.get(deviceId)?.sessions.length ?? 0) > 0;
  }

  /** The entry of a device, made when there is none. Whoever calls this puts something into it, or releases it. */
  ensure(deviceId: string): DeviceEntry {
    let entry = this.entries.get(deviceId);
    if (entry === undefined) {
      entry = new DeviceEntry(deviceId);
      this.entries.set(deviceId, entry);
    }
    return entry;
  }

  /** Forgets an entry that holds nothing any more. */
  release(entry: DeviceEntry): void {
    if (entry.isIdle && this.entries.get(entry.deviceId) === entry) this.entries.delete(entry.deviceId);
  }

  all(): Iterable<DeviceEntry> {
    return this.entries.values();
  }
}
