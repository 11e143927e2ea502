import { format } from 'date-fns';

/** `D` and `Y` mean what Unicode and Java say: the day of the year, and the year that weeks are counted in. */
const UNICODE_TOKENS = { useAdditionalDayOfYearTokens: true, useAdditionalWeekYearTokens: true };

const QUOTED = /'(?:[^']|'')*'/g;

/** Letters to which date-fns gives a meaning of its own; with them `yyyy-MM-ddTHH:mm` would print nonsense. */
const LETTERS_OF_DATE_FNS = /[IPRTiopt]/;

/** A time, epoch ms, in the zone of the process. */
export function formatTime(time: number, pattern: string): string {
  return format(time, pattern, UNICODE_TOKENS);
}

/** What is wrong with a pattern; `undefined` when nothing is. The empty pattern stands for none. */
export function timeFormatProblem(pattern: string): string | undefined {
  if (pattern === '') return undefined;
  const letters = pattern.replace(QUOTED, '');
  if (letters.includes("'")) return 'a single quote is not closed';
  const [letter] = LETTERS_OF_DATE_FNS.exec(letters) ?? [];
  if (letter !== undefined) return `the letter ${letter} means nothing in it; put text between single quotes`;
  try {
    formatTime(0, pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
