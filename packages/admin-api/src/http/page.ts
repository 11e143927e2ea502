import type { Page } from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import { invalid } from '../problem/problem.js';
import { DEFAULT_PAGE, type PageOf } from '../schemas/paging.js';

/** `limit` and `after` as a request says them. */
export interface PageQuery {
  readonly limit?: number;
  readonly after?: string;
}

interface Identified {
  readonly id: string;
}

/**
 * One page of a list: one row more is asked for, so that the last page says that it is the last.
 * @param read rows from `page.after` on, at most `page.limit`
 * @param isThere whether the row that `after` names is still in the list
 * @throws Problem 400 when it is not: an empty page would look like the end of the list
 */
export async function readPage<R extends Identified, V>(
  query: PageQuery,
  read: (page: Page) => Awaitable<readonly R[]>,
  isThere: (id: string) => Awaitable<boolean>,
  view: (row: R) => Awaitable<V>,
): Promise<PageOf<V>> {
  const limit = query.limit ?? DEFAULT_PAGE;
  const after = query.after?.toLowerCase();
  const rows = await read({ limit: limit + 1, after });
  if (rows.length === 0 && after !== undefined && !(await isThere(after))) throw cursorIsGone();
  const shown = rows.slice(0, limit);
  const items = await Promise.all(shown.map(view));
  const last = shown.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: last.id } : { items };
}

export function cursorIsGone(): Error {
  return invalid('after', 'is in this list no more: start at its beginning');
}

/** One page of rows that are all in memory, by age. */
export function pageOfAll<R extends Identified & { readonly createdAt: number }>(
  all: readonly R[],
  { limit, after }: Page,
): readonly R[] {
  const sorted = all.toSorted((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
  const start = after === undefined ? 0 : sorted.findIndex(({ id }) => id === after) + 1;
  return after !== undefined && start === 0 ? [] : sorted.slice(start, start + limit);
}
