export { adminApi } from './admin-api.js';
export type { AdminApiOptions, AdminHost } from './admin-api-options.js';
export { ADMIN_LIMIT_RANGES, DEFAULT_ADMIN_LIMITS, type AdminLimits } from './admin-limits.js';
export { createSystemAdministrator, createUserWithPassword, type NewAdministrator } from './auth/first-users.js';
export { createDemoUsers, type DemoOwners } from './auth/demo-users.js';
export { isAdminUrl, refuseAdminUrl } from './problem/framework-refusals.js';
