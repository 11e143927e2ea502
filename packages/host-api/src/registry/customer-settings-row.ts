import { frozenSettings } from './row-checks.js';
import type { CustomerSettings } from './rows.js';

/** What is said of a customer, as it is kept: checked, copied, deeply frozen. */
export function customerSettingsRow({ enabled, configuration }: CustomerSettings): CustomerSettings {
  return Object.freeze({ enabled, configuration: frozenSettings(configuration, 'configuration') });
}
