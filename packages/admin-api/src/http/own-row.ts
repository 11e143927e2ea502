import type { Awaitable } from '@device-messaging/plugin-api';
import type { Caller } from '../auth/caller.js';
import { tenantOf } from '../auth/caller.js';
import { notFound } from '../problem/problem.js';

/**
 * The row, if it is one of the caller's tenant.
 * @throws Problem 404 for what does not exist and for what is another tenant's: nobody learns which of the two
 */
export async function ownRow<T extends { readonly tenantId: string | undefined }>(
  caller: Caller,
  what: string,
  found: Awaitable<T | undefined>,
): Promise<T> {
  const row = await found;
  if (row === undefined || row.tenantId !== tenantOf(caller)) throw notFound(what);
  return row;
}
