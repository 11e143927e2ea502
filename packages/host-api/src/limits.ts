/** Longest delay of a timer in Node.js, ms. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/** Smallest and largest value of each limit, both included. */
export type LimitRanges<L> = Readonly<Record<keyof L, readonly [least: number, most: number]>>;

/**
 * Completes the limits that a part was given with its defaults. Every limit is a whole number.
 * @param part whose limits they are, for messages: `MQTT`
 * @throws RangeError naming the first limit that is unknown or out of its range.
 */
export function completeLimits<L extends { readonly [name in keyof L]: number }>(
  part: string,
  defaults: L,
  ranges: LimitRanges<L>,
  given: Partial<L> = {},
): L {
  const limits: Record<string, number> = { ...defaults };
  for (const [name, value] of Object.entries<number | undefined>(given)) {
    const range = Object.hasOwn(ranges, name) ? ranges[name as keyof L] : undefined;
    if (range === undefined) {
      throw new RangeError(`${part} limit "${name}" is unknown; known are ${Object.keys(ranges).join(', ')}`);
    }
    if (value === undefined) continue;
    const [least, most] = range;
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(
        `${part} limit ${name} is ${String(value)}; it must be a whole number from ${least} to ${most}`,
      );
    }
    limits[name] = value;
  }
  return Object.freeze(limits) as unknown as L;
}
