import type { QuotaSubject } from './quotas.js';

/**
 * Something in the registry changed, and what hangs on it must look again. Changes say what, never the new value:
 * whoever hears one reads the registry. They cross the cluster bus as JSON.
 */
export type RegistryChange =
  /** A device was created, changed, re-assigned or deleted. */
  | { readonly kind: 'device'; readonly tenantId: string; readonly deviceId: string; readonly deleted: boolean }
  /** A device's credentials were replaced or revoked: sessions opened with the old ones must close. */
  | { readonly kind: 'credentials'; readonly tenantId: string; readonly deviceId: string }
  /** Rules of a tenant were added, changed or removed. */
  | { readonly kind: 'rules'; readonly tenantId: string }
  /** A plugin was created, reconfigured, activated, suspended or deleted. */
  | { readonly kind: 'plugin'; readonly tenantId: string; readonly pluginId: string; readonly deleted: boolean }
  /** A plugin's default (`customerId` undefined) or a customer's settings for it changed. */
  | {
      readonly kind: 'customer-settings';
      readonly tenantId: string;
      readonly pluginId: string;
      readonly customerId: string | undefined;
    }
  /** What a tenant, a customer or a device of the tenant may take changed. */
  | { readonly kind: 'quotas'; readonly tenantId: string; readonly subject: QuotaSubject }
  /** A customer was deleted; its devices are unassigned now. */
  | { readonly kind: 'customer-deleted'; readonly tenantId: string; readonly customerId: string }
  /** A tenant was deleted with all it had. */
  | { readonly kind: 'tenant-deleted'; readonly tenantId: string };
