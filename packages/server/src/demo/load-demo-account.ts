import { createHash } from 'node:crypto';
import { ConfigurationError, type HostControl, type RegistryAdmin } from '@device-messaging/host-api';
import type { DemoAccount } from './demo-account.js';

/**
 * Creates the demo account in an empty registry, in the order in which its rows are to be known as older and younger.
 * @throws ConfigurationError when the host does not know the plugin or a rule component, or refuses their settings.
 */
export async function loadDemoAccount(
  account: DemoAccount,
  registry: RegistryAdmin,
  control: Pick<HostControl, 'checkPlugin' | 'checkRule'>,
): Promise<void> {
  const problems = [...control.checkPlugin(account.plugin), ...control.checkRule(account.rule)];
  if (problems.length > 0) throw new ConfigurationError(problems);
  await registry.createTenant(account.tenant);
  for (const customer of account.customers) await registry.createCustomer(customer);
  for (const { id, name, customerId, token } of account.devices) {
    await registry.createDevice({ id, name, type: 'default', customerId, tenantId: account.tenant.id });
    await registry.setCredentials(id, 'ACCESS_TOKEN', createHash('sha256').update(token).digest('hex'));
  }
  await registry.createPlugin(account.plugin);
  await registry.createRule(account.rule);
}
