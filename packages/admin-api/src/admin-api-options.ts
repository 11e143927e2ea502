import type { AccountStore, DeviceRegistry, EventStore, HostControl, RegistryAdmin } from '@device-messaging/host-api';
import type { Clock, Logger } from '@device-messaging/plugin-api';
import type { AdminLimits } from './admin-limits.js';

/** What the admin API asks of a running host. */
export type AdminHost = Pick<
  HostControl,
  'pluginTypes' | 'checkPlugin' | 'checkRule' | 'pluginFailures' | 'isOnline' | 'callDevice'
>;

/** The parts that the admin API is a door to. */
export interface AdminApiOptions {
  readonly registry: DeviceRegistry & RegistryAdmin;
  readonly accounts: AccountStore;
  readonly events: EventStore;
  readonly host: AdminHost;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Those that are absent are the defaults. */
  readonly limits?: Partial<AdminLimits>;
}
