import { ADMIN_LIMIT_RANGES, DEFAULT_ADMIN_LIMITS, type AdminLimits } from '@device-messaging/admin-api';
import { limitsSection } from './limits-section.js';
import { IsSection } from './value-rules.js';

/** What administrators may cost; each member is explained at `AdminLimits`. */
const AdminLimitSettings = limitsSection(DEFAULT_ADMIN_LIMITS, ADMIN_LIMIT_RANGES);

/** The admin API. */
export class AdminSettings {
  @IsSection(() => AdminLimitSettings)
  limits: AdminLimits = new AdminLimitSettings();
}
