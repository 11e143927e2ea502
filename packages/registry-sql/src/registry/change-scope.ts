import type { RegistryChange } from '@device-messaging/host-api';
import type { Writes } from '../database/schema.js';
import type { SqlDialect } from '../database/sql-engine.js';

/** A change that is announced when its transaction is durable. */
export interface Announcement {
  readonly change: RegistryChange;
  /** Customers among whose devices the device of the change was or is. Absent: not known. */
  readonly customerIds: readonly string[] | undefined;
}

/** One transaction that changes the registry. */
export class ChangeScope {
  readonly announcements: Announcement[] = [];

  constructor(
    readonly tx: Writes,
    readonly dialect: SqlDialect,
    /** Epoch ms. */
    readonly now: number,
  ) {}

  announce(change: RegistryChange, customerIds?: readonly string[]): void {
    this.announcements.push({ change: Object.freeze(change), customerIds });
  }

  /** For `$if`: rows that are read to be changed are locked, where others might change them. SQLite has one writer. */
  get locks(): boolean {
    return this.dialect === 'postgres';
  }
}
