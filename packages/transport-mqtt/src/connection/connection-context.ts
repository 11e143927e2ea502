import type { TransportHost, TurnQueue } from '@device-messaging/host-api';
import type { MqttLimits } from '../mqtt-limits.js';
import type { WriteQueue } from './write-queue.js';

/** A connection as its transport sees it. */
export interface OpenConnection {
  /** Closes without waiting for the device, as soon as the last packet is out. */
  closeSoon(reasonCode: number, reason: string): void;
}

/** What all connections of a transport share. */
export interface ConnectionContext {
  readonly host: TransportHost;
  readonly limits: MqttLimits;
  readonly writes: WriteQueue;
  readonly turns: TurnQueue;
  /** The host stops: no new sessions, no new requests. */
  readonly isDraining: boolean;
  /** The connection is gone. */
  forget(connection: OpenConnection): void;
}
