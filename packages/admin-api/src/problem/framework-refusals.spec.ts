import { expect, test } from '@jest/globals';
import { isAdminUrl } from './framework-refusals.js';

test.each([
  ['/api', true],
  ['/api/', true],
  ['/api/devices/%', true],
  ['/api?x', true],
  ['/api/v1/token/rpc/%', false],
  ['/api/v10', true],
  ['/apis', false],
  ['/health/%', false],
])('ADM-10: %s is of the admin API: %s', (url, isIt) => {
  expect(isAdminUrl(url)).toBe(isIt);
});
