/**
 * Rows as a Markdown table that is readable as it is; the columns are the members of the first row. Numbers are on the
 * right.
 * @param {readonly Record<string, string | number>[]} rows
 */
export function textTable(rows) {
  const columns = Object.keys(rows[0]);
  const isNumber = columns.map((column) => rows.some((row) => typeof row[column] === 'number'));
  const cells = [columns, ...rows.map((row) => columns.map((column) => cellText(row[column])))];
  const widths = columns.map((_, at) => Math.max(3, ...cells.map((row) => row[at].length)));
  const line = (row) => {
    const padded = row.map((cell, at) => (isNumber[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at])));
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, at) => (isNumber[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(cells[0]), line(rule), ...cells.slice(1).map(line)].join('\n');
}

function cellText(value) {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
