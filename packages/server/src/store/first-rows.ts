import { createDemoUsers, createSystemAdministrator, type NewAdministrator } from '@device-messaging/admin-api';
import type { HostControl } from '@device-messaging/host-api';
import type { SqlDatabase } from '@device-messaging/registry-sql';
import { readDemoAccount } from '../demo/demo-account.js';
import { loadDemoAccount } from '../demo/load-demo-account.js';

/** The demo account's last row: where it is, the account was made whole, whatever became of it since. */
const LAST_DEMO_USER = 'sysadmin@thingsboard.org';

/**
 * What a database needs before anybody can use it: the demo account, once; or a system administrator, if there is none.
 * @returns the administrator that was made, with a password that is not kept; `undefined` when none was
 */
export async function addFirstRows(
  { registry, accounts }: SqlDatabase,
  control: HostControl,
  demo: boolean,
): Promise<NewAdministrator | undefined> {
  if (!demo) return createSystemAdministrator(accounts);
  if ((await accounts.findUserSecret(LAST_DEMO_USER)) !== undefined) return undefined;
  const account = readDemoAccount();
  // A start that was broken off has left a part of it, which nobody has used yet.
  if ((await registry.findTenant(account.tenant.id)) !== undefined) await registry.deleteTenant(account.tenant.id);
  await loadDemoAccount(account, registry, control);
  const [a, b, c] = account.customers.map(({ id }) => id!);
  await createDemoUsers(accounts, { tenantId: account.tenant.id, customerIds: [a!, b!, c!] });
  return undefined;
}
