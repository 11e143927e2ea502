import type { AdminContext } from '../admin-context.js';
import type { AnyOperation } from '../http/operation.js';
import { authRoutes } from './auth-routes.js';
import { tenantRoutes } from './tenant-routes.js';

/** Everything that the API can do. */
export function operationsOf(context: AdminContext): readonly AnyOperation[] {
  return [...authRoutes(context), ...tenantRoutes(context)];
}
