import { expect, test } from '@jest/globals';
import { completeAdminLimits, DEFAULT_ADMIN_LIMITS } from './admin-limits.js';

test('ADM-14: limits have defaults, which are themselves valid', () => {
  expect(completeAdminLimits(DEFAULT_ADMIN_LIMITS)).toEqual(DEFAULT_ADMIN_LIMITS);
  expect(completeAdminLimits({ maxBodyBytes: 2_048 })).toEqual({ ...DEFAULT_ADMIN_LIMITS, maxBodyBytes: 2_048 });
});

test('ADM-14: a limit out of its range is refused by name', () => {
  expect(() => completeAdminLimits({ maxBodyBytes: 1 })).toThrow('Admin API limit maxBodyBytes is 1');
});
