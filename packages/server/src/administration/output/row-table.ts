import type { Row } from '../api/admin-client.js';
import type { Column } from '../rows/noun.js';

/** No lines: columns two spaces apart, as programs on a terminal have them. */
const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

const STYLE = { head: [], border: [], 'padding-left': 0, 'padding-right': 0 };

/** Rows as lines of columns. */
export function tableOf(columns: readonly Column[], rows: readonly Row[], hasHead: boolean): Promise<string> {
  const head = hasHead ? [columns.map((column) => column.head.toUpperCase())] : [];
  const cells = rows.map((row) =>
    columns.map(({ head: member, show }) => cell(show === undefined ? row[member] : show(row))),
  );
  return draw([...head, ...cells]);
}

/** One row, a line for each of its members. */
export function cardOf(row: Row): Promise<string> {
  return draw(Object.entries(row).map(([member, value]) => [member, cell(value, member)]));
}

async function draw(lines: readonly (readonly string[])[]): Promise<string> {
  // Loaded when it is wanted: not every command draws.
  const { default: Table } = await import('cli-table3');
  const table = new Table({ chars: NO_LINES, style: STYLE });
  table.push(...lines.map((line) => [...line]));
  return lines.length === 0 ? '' : `${table.toString().replace(/ +$/gm, '')}\n`;
}

function cell(value: unknown, member = ''): string {
  if (value === undefined || value === null) return '-';
  if (member === 'createdAt' && typeof value === 'number') return timeOf(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Epoch ms for people. */
export function timeOf(epochMs: unknown): string {
  return new Date(Number(epochMs)).toISOString();
}
