import type { AccountStore, DeviceRegistry, EventStore, RegistryAdmin } from '@device-messaging/host-api';
import type { Clock, Logger } from '@device-messaging/plugin-api';
import type { AdminHost } from './admin-api-options.js';
import type { AdminLimits } from './admin-limits.js';
import type { AuditLog } from './audit/audit-log.js';
import type { Logins } from './auth/logins.js';
import type { PasswordHasher } from './auth/password-hasher.js';
import type { KeyedLock } from './http/keyed-lock.js';

/** What handlers work with. */
export interface AdminContext {
  readonly registry: DeviceRegistry & RegistryAdmin;
  readonly accounts: AccountStore;
  readonly events: EventStore;
  readonly host: AdminHost;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: AdminLimits;
  readonly audit: AuditLog;
  readonly logins: Logins;
  readonly hasher: PasswordHasher;
  /** Changes of one plugin and its customers' settings, which are checked against each other first. By plugin id. */
  readonly locks: KeyedLock;
}
