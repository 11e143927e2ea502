import type { AccountStore } from '@device-messaging/host-api';
import { createUserWithPassword } from './first-users.js';

/** The demo account's tenant and customers, by the ids that ThingsBoard gave them. */
export interface DemoOwners {
  readonly tenantId: string;
  /** Of Customer A, B and C. */
  readonly customerIds: readonly [string, string, string];
}

/** Makes the users of ThingsBoard's demo account, the system administrator last. Their passwords are public. */
export async function createDemoUsers(
  accounts: AccountStore,
  { tenantId, customerIds: [a, b, c] }: DemoOwners,
): Promise<void> {
  const users = [
    { username: 'tenant@thingsboard.org', password: 'tenant', role: 'TENANT_ADMIN', tenantId },
    { username: 'customer@thingsboard.org', password: 'customer', role: 'CUSTOMER_USER', tenantId, customerId: a },
    { username: 'customerB@thingsboard.org', password: 'customer', role: 'CUSTOMER_USER', tenantId, customerId: b },
    { username: 'customerC@thingsboard.org', password: 'customer', role: 'CUSTOMER_USER', tenantId, customerId: c },
    { username: 'sysadmin@thingsboard.org', password: 'sysadmin', role: 'SYS_ADMIN' },
  ] as const;
  for (const user of users) {
    const { username, password, role } = user;
    const owner = {
      tenantId: 'tenantId' in user ? user.tenantId : undefined,
      customerId: 'customerId' in user ? user.customerId : undefined,
    };
    await createUserWithPassword(accounts, { username, role, ...owner }, password);
  }
}
