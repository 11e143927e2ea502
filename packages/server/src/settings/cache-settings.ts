import { CACHE_LIMIT_RANGES, DEFAULT_CACHE_LIMITS } from '@device-messaging/registry-sql';
import { limitsSection } from './limits-section.js';

/** How much of the database is kept in memory; each member is explained at `CacheLimits`. */
export const CacheSettings = limitsSection(DEFAULT_CACHE_LIMITS, CACHE_LIMIT_RANGES);
