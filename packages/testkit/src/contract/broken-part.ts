/** A part with one deliberate fault: proof that the suite finds it. */
export interface BrokenPart<S> {
  /** What is wrong with it. */
  readonly fault: string;
  /** The rule that it breaks. */
  readonly breaks: string;
  /** Rules that cannot hold then, either. None, unless given. */
  readonly alsoBreaks?: readonly string[];
  /** Puts the fault into a part that works. */
  spoil(working: S): S;
}

/** `part`, but for the members of `faults`. */
export function withFaults<T extends object>(part: T, faults: Partial<T>): T {
  return new Proxy(part, {
    get(target, name) {
      if (name in faults) return faults[name as keyof T];
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}
