import { injectable } from 'inversify';
import { DeviceEntry } from './device-entry.js';

/** As many entries are kept in store in any case. */
const LEAST_IN_STORE = 1_000;

/**
 * The devices that this node has to do with at this moment.
 *
 * An entry that holds nothing any more is put in store for the next time, as long as there are not more of them than
 * others: over HTTP a device comes and goes with every request. A table whose rows come and go at that pace is moved to
 * a new place in memory time and again, and until the garbage collector has found the old ones, which takes seconds, all
 * that stood in them stays, too.
 */
@injectable()
export class DeviceTable {
  private readonly entries = new Map<string, DeviceEntry>();
  private inStore = 0;

  get size(): number {
    return this.entries.size - this.inStore;
  }

  get(deviceId: string): DeviceEntry | undefined {
    const entry = this.entries.get(deviceId);
    return entry?.isInStore === true ? undefined : entry;
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
    } else if (entry.isInStore) {
      entry.isInStore = false;
      this.inStore--;
    }
    return entry;
  }

  /** Lets an entry go that holds nothing any more. */
  release(entry: DeviceEntry): void {
    if (entry.isInStore || !entry.isIdle || this.entries.get(entry.deviceId) !== entry) return;
    entry.isInStore = true;
    this.inStore++;
    if (this.inStore > Math.max(LEAST_IN_STORE, this.size)) this.clearStore();
  }

  *all(): Iterable<DeviceEntry> {
    for (const entry of this.entries.values()) if (!entry.isInStore) yield entry;
  }

  private clearStore(): void {
    for (const [id, entry] of this.entries) if (entry.isInStore) this.entries.delete(id);
    this.inStore = 0;
  }
}
