/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median of one member over the runs that have certain values, `medianOf(runs, { pairs: 100 }, 'cpu')`; NaN when
 * there is no such run.
 * @param {readonly Record<string, unknown>[]} runs
 * @param {Record<string, unknown>} where
 * @param {string} member
 */
export function medianOf(runs, where, member) {
  const chosen = runs.filter((run) => Object.entries(where).every(([name, value]) => run[name] === value));
  return chosen.length === 0 ? Number.NaN : median(chosen.map((run) => run[member]));
}

/**
 * How much more one subject takes than another: the median of the repeats' ratios, since what the machine does meanwhile
 * meets both of a repeat alike.
 * @param {readonly Record<string, unknown>[]} runs
 * @param {string} member
 * @param {string} subject
 * @param {string} other
 * @param {(run: Record<string, unknown>) => number} [value] of the subject's run, where it is not just the member
 */
export function ratioOf(runs, member, subject, other, value = (run) => run[member]) {
  const ratios = runs
    .filter((run) => run.subject === subject)
    .map((run) => value(run) / medianOf(runs, { subject: other, repeat: run.repeat }, member));
  return ratios.length === 0 ? Number.NaN : median(ratios);
}

/**
 * Measures all subjects in turn, again and again, each time beginning with another one.
 * @template {{ name: string }} S
 * @param {number} repeats
 * @param {readonly S[]} subjects
 * @param {(subject: S, of: string) => Promise<Record<string, unknown>>} measure `of` says which repeat it is
 */
export async function interleaved(repeats, subjects, measure) {
  const runs = [];
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const subject = subjects[(turn + repeat - 1) % subjects.length];
      runs.push({ subject: subject.name, repeat, ...(await measure(subject, `${repeat} of ${repeats}`)) });
    }
  }
  return runs;
}
