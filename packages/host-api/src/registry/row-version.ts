import { isDeepStrictEqual } from 'node:util';
import { RegistryError, type Expectation } from './registry-admin.js';
import type { Versioned } from './rows.js';

/** Refuses to change a row that was changed since the caller read it. */
export function expectVersion(
  what: string,
  row: Versioned & { readonly id: string },
  expected: Expectation | undefined,
): void {
  const version = expected?.ifVersion;
  if (version === undefined || version === row.version) return;
  const found = `its version is ${row.version}, not ${version}`;
  throw new RegistryError('STALE', `The ${what} ${row.id} was changed since it was read: ${found}`);
}

/** The row as its next version, after a change of what belongs to it and stands elsewhere. */
export function touchedRow<Row extends Versioned>(row: Row): Row {
  return Object.freeze({ ...row, version: row.version + 1 });
}

/** The row with these members, which must be frozen, as its next version; the very row when it has them already. */
export function nextVersion<Row extends Versioned>(row: Row, members: Partial<Row>): Row {
  const names = Object.keys(members) as (keyof Row)[];
  if (names.every((name) => isDeepStrictEqual(members[name], row[name]))) return row;
  return Object.freeze({ ...row, ...members, version: row.version + 1 });
}
