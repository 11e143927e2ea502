import type { Delivery, OutgoingRpc, SessionFacts, SessionSink } from '@device-messaging/host-api';
import type { Allowance } from '../quotas/allowance.js';

/** A session as its device's entry holds it: what the host may ask of a connection. */
export interface DeviceLink {
  readonly deviceId: string;
  readonly tenantId: string;
  readonly facts: SessionFacts;
  readonly sink: SessionSink;
  /** What the device may take; it is counted there. Another one when the device gets another customer, say. */
  allowance: Allowance;
  /** It can be handed calls, if perhaps not at this moment. */
  readonly listening: boolean;
  /** It listens and is not busy. */
  readonly takesCalls: boolean;
  /** Offers a call to the transport. */
  offer(call: OutgoingRpc): Delivery;
  /** Ends the session; its transport is not told. */
  close(): void;
}
