import type { Versioned } from '../registry/rows.js';

/** What a user may do: everything, everything of one tenant, or look at the devices of one customer and call them. */
export type UserRole = 'SYS_ADMIN' | 'TENANT_ADMIN' | 'CUSTOMER_USER';

/** Somebody who logs in to administer. */
export interface User extends Versioned {
  readonly id: string;
  /** Unique in the whole installation, compared without regard to case. */
  readonly username: string;
  readonly role: UserRole;
  /** Of every role but `SYS_ADMIN`. */
  readonly tenantId: string | undefined;
  /** Of a `CUSTOMER_USER`. */
  readonly customerId: string | undefined;
}
