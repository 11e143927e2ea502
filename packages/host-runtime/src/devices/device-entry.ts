import type { PendingCall } from '../calls/pending-call.js';
import type { StartLane } from '../requests/start-lane.js';
import type { DeviceLink } from './device-link.js';

/** What a node keeps of one device: only while it has sessions here, or while messages wait for it or start. */
export class DeviceEntry {
  /** Open sessions, oldest first. */
  readonly sessions: DeviceLink[] = [];
  /** Calls that wait to be handed to this device, in the order of their requests. */
  inbox: Set<PendingCall> | undefined;
  /** Calls on behalf of this device that wait in other devices' inboxes. */
  outbox: Set<PendingCall> | undefined;
  /** Messages of this device that cannot start yet. */
  lane: StartLane | undefined;

  /** Counts readings of what the device may take: one that was overtaken does not hold. */
  allowanceEpoch = 0;

  /** It holds nothing and nobody works with it: used by the table alone. */
  isInStore = false;

  /** The inbox is being handed over. */
  isPumping = false;

  constructor(readonly deviceId: string) {}

  get isIdle(): boolean {
    return (
      this.sessions.length === 0 &&
      (this.inbox === undefined || this.inbox.size === 0) &&
      (this.outbox === undefined || this.outbox.size === 0) &&
      (this.lane === undefined || this.lane.isIdle)
    );
  }
}
