import type { AdminContext } from '../admin-context.js';
import type { AnyOperation } from '../http/operation.js';
import { authRoutes } from './auth-routes.js';
import { customerRoutes } from './customer-routes.js';
import { deviceActionRoutes } from './device-action-routes.js';
import { deviceRoutes } from './device-routes.js';
import { eventRoutes } from './event-routes.js';
import { pluginCustomerRoutes } from './plugin-customer-routes.js';
import { pluginRoutes } from './plugin-routes.js';
import { quotaRoutes } from './quota-routes.js';
import { ruleRoutes } from './rule-routes.js';
import { tenantRoutes } from './tenant-routes.js';
import { transferRoutes } from './transfer-routes.js';
import { tenantUserRoutes, userRoutes } from './user-routes.js';

/** Everything that the API can do. */
export function operationsOf(context: AdminContext): readonly AnyOperation[] {
  return [
    ...authRoutes(context),
    ...tenantRoutes(context),
    ...tenantUserRoutes(context),
    ...userRoutes(context),
    ...customerRoutes(context),
    ...deviceRoutes(context),
    ...deviceActionRoutes(context),
    ...pluginRoutes(context),
    ...pluginCustomerRoutes(context),
    ...ruleRoutes(context),
    ...quotaRoutes(context),
    ...transferRoutes(context),
    ...eventRoutes(context),
  ];
}
