import type { AdminClient, Row } from '../api/admin-client.js';
import type { Field, OptionValues } from './field.js';

/** A column of the table that `list` prints. */
export interface Column {
  readonly head: string;
  /** What stands in it; the member of the name of the head unless said otherwise. */
  readonly show?: (row: Row) => unknown;
}

/** One kind of rows: everything that the commands `list`, `get`, `create`, `update` and `delete` need to know. */
export interface Noun {
  /** As the commands name it: `customers`. */
  readonly plural: string;
  readonly singular: string;
  readonly description: string;
  /** Below `/api`. */
  readonly path: string;
  /** Options that say where rows are, when it is not always the same place; see `pathFor`. */
  readonly placeFields?: readonly Field[];
  readonly pathFor?: (values: OptionValues, client: AdminClient) => Promise<string>;
  /** The member that people call a row by. */
  readonly nameMember: 'title' | 'name' | 'username';
  /** Whether the list can be asked for a name. Else names are looked for in all of it. */
  readonly isFoundByName?: boolean;
  readonly columns: readonly Column[];
  readonly filters?: readonly Field[];
  /** How a row is described: by options, or by a JSON file. */
  readonly writing: WritingByOptions | 'file';
  /** Why `delete` wants to hear `--yes`. */
  readonly deletesToo?: string;
}

export interface WritingByOptions {
  /** Beside the name, which is an argument. */
  readonly create: readonly Field[];
  /** Options that `complete` reads. */
  readonly createOptions?: readonly Field[];
  /** What a new row gets besides: a password that was asked for. */
  readonly complete?: (body: Row, values: OptionValues) => Promise<Row>;
  /** Beside the name. */
  readonly update: readonly Field[];
  /** Members of the row that a change has to repeat. */
  readonly repeated: readonly string[];
  /** Options that `adjust` reads. */
  readonly updateOptions?: readonly Field[];
  /** What a change gets besides, and loses. */
  readonly adjust?: (body: Row, values: OptionValues) => Promise<Row>;
}
