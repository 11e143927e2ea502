import type { UserRole } from '@device-messaging/host-api';
import { forbidden } from '../problem/problem.js';

/** Who asks: the user as the store knows it at this moment, whatever the access token said when it was made. */
export interface Caller {
  readonly userId: string;
  readonly username: string;
  readonly role: UserRole;
  readonly tenantId: string | undefined;
  readonly customerId: string | undefined;
  readonly loginId: string;
}

/**
 * The tenant whose rows the caller works on.
 * @throws Problem 403 when the caller has none
 */
export function tenantOf(caller: Caller): string {
  if (caller.tenantId === undefined) throw forbidden();
  return caller.tenantId;
}
