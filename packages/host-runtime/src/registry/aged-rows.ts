import { idTaken, notFound, type Page, type Versioned } from '@device-messaging/host-api';
import { AgeOrderedList } from './age-ordered-list.js';
import { rowsOfPage, StoredRow } from './stored-row.js';

/** A row that has an id. */
type Identified = Versioned & { readonly id: string };

/** Rows of one kind: by id, taken in any case, and by age within what owns them. */
export class AgedRows<Row extends Identified> {
  private readonly byId = new Map<string, StoredRow<Row>>();
  private readonly byOwner = new Map<string, AgeOrderedList<StoredRow<Row>>>();
  private sequence = 0;

  /**
   * @param kind what one of the rows is called, for refusals
   * @param ownerOf the id of a row's owner; it never changes
   */
  constructor(
    private readonly kind: string,
    private readonly ownerOf: (row: Row) => string,
  ) {}

  /** @throws RegistryError ALREADY_EXISTS */
  add(row: Row): void {
    if (this.byId.has(row.id)) throw idTaken(this.kind, row.id);
    const stored = new StoredRow(row, this.sequence++);
    const owner = this.ownerOf(row);
    let list = this.byOwner.get(owner);
    if (list === undefined) this.byOwner.set(owner, (list = new AgeOrderedList()));
    list.add(stored);
    this.byId.set(row.id, stored);
  }

  find(id: string): Row | undefined {
    return (this.byId.get(id) ?? this.byId.get(id.toLowerCase()))?.row;
  }

  /** @throws RegistryError NOT_FOUND */
  get(id: string): Row {
    return this.stored(id).row;
  }

  /** `row` takes the place of the one with its id; owner and age must be the same. */
  replace(row: Row): void {
    this.stored(row.id).row = row;
  }

  remove(id: string): void {
    const stored = this.stored(id);
    const owner = this.ownerOf(stored.row);
    const list = this.byOwner.get(owner);
    list?.remove(stored);
    if (list?.isEmpty()) this.byOwner.delete(owner);
    this.byId.delete(stored.row.id);
  }

  removeOwner(owner: string): void {
    for (const { row } of this.byOwner.get(owner)?.from() ?? []) this.byId.delete(row.id);
    this.byOwner.delete(owner);
  }

  /** All rows of an owner by age; what is done to them meanwhile does not show. */
  ofOwner(owner: string): readonly Row[] {
    return Array.from(this.byOwner.get(owner.toLowerCase())?.from() ?? [], ({ row }) => row);
  }

  page(owner: string, page: Page): readonly Row[] {
    const list = this.byOwner.get(owner.toLowerCase());
    const after = page.after === undefined ? undefined : this.byId.get(page.after.toLowerCase());
    const isForeign = after === undefined ? page.after !== undefined : this.ownerOf(after.row) !== owner.toLowerCase();
    return isForeign ? [] : rowsOfPage<Row, StoredRow<Row>>(list, page, after);
  }

  private stored(id: string): StoredRow<Row> {
    const stored = this.byId.get(id.toLowerCase());
    if (stored === undefined) throw notFound(this.kind, id);
    return stored;
  }
}
