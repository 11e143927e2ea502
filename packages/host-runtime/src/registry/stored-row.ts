import type { Page, Versioned } from '@device-messaging/host-api';
import type { Aged, AgeOrderedList } from './age-ordered-list.js';

/** Where the newest version of a row is: lists and indexes refer to it, so that a change of the row moves none of them. */
export class StoredRow<Row extends Versioned> implements Aged {
  constructor(
    public row: Row,
    readonly sequence: number,
  ) {}

  get createdAt(): number {
    return this.row.createdAt;
  }
}

/** The rows of one page of a list: those after the entry `after` for which `matches` says yes. */
export function rowsOfPage<Row extends Versioned, Stored extends StoredRow<Row>>(
  list: AgeOrderedList<Stored> | undefined,
  { limit }: Pick<Page, 'limit'>,
  after: Stored | undefined,
  matches: (row: Row) => boolean = () => true,
): readonly Row[] {
  const rows: Row[] = [];
  if (list === undefined || limit <= 0) return rows;
  for (const { row } of list.from(after)) {
    if (!matches(row)) continue;
    rows.push(row);
    if (rows.length >= limit) break;
  }
  return rows;
}
