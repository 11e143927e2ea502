import type { ClusterBus, DeviceRegistry, HostObserver, Timers, Transport } from '@device-messaging/host-api';
import type { Constructor, Logger } from '@device-messaging/plugin-api';
import type { HostLimits } from './host-limits.js';
import type { PluginRegistration } from './plugins/plugin-catalog.js';

/** What a host is made of. */
export interface HostOptions {
  /** Plugin types that tenants can use. */
  readonly plugins: readonly (Constructor | PluginRegistration)[];
  /** Started in this order, stopped in the reverse one. */
  readonly transports: readonly Transport[];
  readonly registry: DeviceRegistry;
  /** Rule components beside the built-in ones. */
  readonly ruleComponents?: readonly Constructor[];
  /** A single node when absent. */
  readonly clusterBus?: ClusterBus;
  /** The system's clock when absent. */
  readonly timers?: Timers;
  /** Says nothing when absent. */
  readonly logger?: Logger;
  readonly limits?: Partial<HostLimits>;
  /** Is told of requests, plugins and faults while they happen. */
  readonly observer?: HostObserver;
}
