import type { Awaitable } from '@device-messaging/plugin-api';

/** A message from a node of the cluster, this one included. */
export interface BusMessage {
  /** Who sent it. */
  readonly nodeId: string;
  readonly payload: Uint8Array;
}

/** Stops a subscription. */
export type Unsubscribe = () => void;

/** Connects the nodes of a cluster. Messages of one node on one subject arrive in order, or not at all. */
export interface ClusterBus {
  /** Unique among the nodes. */
  readonly nodeId: string;
  /** Called once, before anything else. */
  start(): Awaitable<void>;
  /** Called once, last: what was published is flushed, subscriptions end. */
  stop(): Awaitable<void>;
  /** To every node that subscribed to the subject, this one included. */
  publish(subject: string, payload: Uint8Array): void;
  /** The handler must not throw. */
  subscribe(subject: string, handler: (message: BusMessage) => void): Unsubscribe;
}

export const ClusterBus: unique symbol = Symbol.for('device-messaging:ClusterBus');
