/**
 * @typedef {object} Verdict How a line of the budget was kept.
 * @property {number} line
 * @property {string} what
 * @property {number} limit
 * @property {number} measured
 * @property {string} unit of both: `'× floor'`
 * @property {string} [remark]
 */

/** @param {Verdict} verdict */
export function verdictRow({ line, what, limit, measured, unit, remark = '' }) {
  const digits = Math.abs(limit) >= 100 ? 0 : 2;
  return {
    line: String(line),
    budget: what,
    limit: `≤ ${limit} ${unit}`,
    measured: Number.isFinite(measured) ? measured.toFixed(digits) : '–',
    verdict: verdictText(limit, measured),
    remark,
  };
}

function verdictText(limit, measured) {
  if (!Number.isFinite(measured)) return 'not measured';
  if (measured <= limit) return 'met';
  return `missed by ${Math.round((measured / limit - 1) * 100)} %`;
}
