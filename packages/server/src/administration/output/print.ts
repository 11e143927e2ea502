import type { Row } from '../api/admin-client.js';
import type { Column } from '../rows/noun.js';
import { cardOf, tableOf } from './row-table.js';

/** Prints a list as it comes, so that long ones need no memory: a table, or one JSON array, a row a line. */
export async function printList(
  pages: AsyncIterable<readonly Row[]>,
  columns: readonly Column[],
  asJson: boolean,
): Promise<void> {
  let count = 0;
  if (asJson) process.stdout.write('[');
  for await (const rows of pages) {
    if (asJson) process.stdout.write(rows.map((row, index) => jsonLine(row, count + index === 0)).join(''));
    else process.stdout.write(await tableOf(columns, rows, count === 0));
    count += rows.length;
  }
  if (asJson) process.stdout.write(count === 0 ? ']\n' : '\n]\n');
}

/** Prints one row or document: a line for each member, or JSON. */
export async function printRow(row: Row, asJson: boolean): Promise<void> {
  process.stdout.write(asJson ? `${JSON.stringify(row, null, 2)}\n` : await cardOf(row));
}

/** Tells a person something that is no result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function jsonLine(row: Row, isFirst: boolean): string {
  return `${isFirst ? '' : ','}\n  ${JSON.stringify(row)}`;
}
