import { integer, list, object, optional, uuid, type Schema } from './schema.js';

export const DEFAULT_PAGE = 100;
export const MAX_PAGE = 1_000;

/** What every list is asked with. */
export const PAGING = {
  limit: optional(integer(1, MAX_PAGE, { default: DEFAULT_PAGE, description: 'At most this many rows.' })),
  after: optional(uuid({ description: 'The `next` of the page before: only rows behind it.' })),
};

export const PAGE_QUERY = object(PAGING);

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** One page of a list. */
export function pageOf<T>(item: Schema<T>): Schema<PageOf<T>> {
  return object({
    items: list(item, MAX_PAGE),
    next: optional(uuid({ description: 'Ask with it as `after` for the next page; absent on the last one.' })),
  });
}

/** The id in a path. In any case; rows keep it in lower case. */
export const ID_PATH = object({ id: uuid() });
