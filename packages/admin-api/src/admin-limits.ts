import { completeLimits, MAX_TIMER_MS, type LimitRanges } from '@device-messaging/host-api';

/** What administrators may cost. */
export interface AdminLimits {
  /** Longest JSON body, bytes; those of imports are bounded by their own limits. */
  readonly maxBodyBytes: number;
  /** Longest CSV file of devices, bytes. It is read as a stream. */
  readonly maxCsvBytes: number;
  /** Longest export of a tenant that is taken, bytes. It is read as a stream. */
  readonly maxImportBytes: number;
  /** How many of the lines that a CSV import could not take are named; all are counted. */
  readonly maxFailedLines: number;
  /** Life of an access token, ms. */
  readonly accessTokenMs: number;
  /** Life of a login that is not renewed, ms. */
  readonly refreshTokenMs: number;
  /** Fewest characters of a new password. ThingsBoard's own least. */
  readonly minPasswordLength: number;
  /** Logins a minute for one user from one address that fail before the next has to wait. */
  readonly loginsPerUserAndAddress: number;
  /** The same for all users from one address (IPv6: one /64). */
  readonly loginsPerAddress: number;
  /** The same for one user from all addresses. */
  readonly loginsPerUser: number;
  /** Longest time that a device may take to reply to `POST …/rpc`, ms. */
  readonly maxCallTimeoutMs: number;
  /** The same, when the call says nothing. */
  readonly defaultCallTimeoutMs: number;
}

export const DEFAULT_ADMIN_LIMITS: AdminLimits = Object.freeze({
  maxBodyBytes: 65_536,
  maxCsvBytes: 256 * 1_024 * 1_024,
  maxImportBytes: 1_024 * 1_024 * 1_024,
  maxFailedLines: 1_000,
  accessTokenMs: 15 * 60_000,
  refreshTokenMs: 7 * 24 * 3_600_000,
  minPasswordLength: 6,
  loginsPerUserAndAddress: 10,
  loginsPerAddress: 60,
  loginsPerUser: 100,
  maxCallTimeoutMs: 60_000,
  defaultCallTimeoutMs: 20_000,
});

const COUNT = [1, 1_000_000] as const;

/** What each limit may be. */
export const ADMIN_LIMIT_RANGES: LimitRanges<AdminLimits> = {
  maxBodyBytes: [1_024, 16 * 1_024 * 1_024],
  maxCsvBytes: [1_024, Number.MAX_SAFE_INTEGER],
  maxImportBytes: [1_024, Number.MAX_SAFE_INTEGER],
  maxFailedLines: [0, 100_000],
  accessTokenMs: [1_000, MAX_TIMER_MS],
  refreshTokenMs: [1_000, 366 * 24 * 3_600_000],
  minPasswordLength: [1, 128],
  loginsPerUserAndAddress: COUNT,
  loginsPerAddress: COUNT,
  loginsPerUser: COUNT,
  maxCallTimeoutMs: [1, MAX_TIMER_MS],
  defaultCallTimeoutMs: [1, MAX_TIMER_MS],
};

/** @throws RangeError naming the first limit that is unknown or out of its range. */
export function completeAdminLimits(given: Partial<AdminLimits> = {}): AdminLimits {
  return completeLimits('Admin API', DEFAULT_ADMIN_LIMITS, ADMIN_LIMIT_RANGES, given);
}
