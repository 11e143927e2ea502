import { invalidAll } from '../problem/problem.js';

const KNOWN = ['name', 'type', 'customer', 'token'] as const;

type Column = (typeof KNOWN)[number];

/** A row of the file; fields that are empty are absent. */
export type CsvRow = Partial<Record<Column, string>>;

/** What the header of a CSV file of devices says, in any order. */
export class CsvColumns {
  private constructor(private readonly columns: readonly Column[]) {}

  /** @throws Problem 400 when a column is unknown, there twice, or `name` is missing */
  static read(fields: readonly string[]): CsvColumns {
    const names = fields.map((field) => field.trim().toLowerCase());
    const problems = names.flatMap((name, index) => {
      const path = `column ${index + 1}`;
      if (!(KNOWN as readonly string[]).includes(name)) {
        return [{ path, message: `is not known: the header names ${KNOWN.join(',')}` }];
      }
      return names.indexOf(name) === index ? [] : [{ path, message: 'is there twice' }];
    });
    if (!names.includes('name')) problems.push({ path: 'name', message: 'is missing in the header' });
    if (problems.length > 0) throw invalidAll(problems.slice(0, 20));
    return new CsvColumns(names as Column[]);
  }

  /** The row, or what is wrong with it. */
  row(fields: readonly string[]): CsvRow | string {
    if (fields.length !== this.columns.length) {
      return `has ${fields.length} fields where the header has ${this.columns.length}`;
    }
    const row: CsvRow = {};
    this.columns.forEach((column, index) => {
      const field = fields[index];
      if (field !== undefined && field !== '') row[column] = field;
    });
    return row;
  }
}
