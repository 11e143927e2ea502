import type { Awaitable } from '@device-messaging/plugin-api';

/** One numbered rule of a specification, as a check that any test framework, or none, can run. */
export interface ContractRule<S> {
  /** Its number in `docs/spec`: `REG-3`. */
  readonly rule: string;
  /** What holds, as a sentence about the subject. */
  readonly title: string;
  /** What a part must be able to do for the rule to make sense; absent: every part must keep the rule. */
  readonly needs?: string;
  /** Rejects (or throws) when the subject does not keep the rule. The subject is fresh. */
  run(subject: S): Awaitable<void>;
}

/** Where the parts that are put to the test come from. */
export interface SubjectSource<S> {
  /** A fresh subject, once for every rule. */
  create(): Awaitable<S>;
  /** Called when the rule is done, also when the subject broke it. */
  dispose?(subject: S): Awaitable<void>;
}

/** Runs one rule on a fresh subject. Rejects when the subject breaks it. */
export async function runRule<S>(rule: ContractRule<S>, source: SubjectSource<S>): Promise<void> {
  const subject = await source.create();
  try {
    await rule.run(subject);
  } finally {
    await source.dispose?.(subject);
  }
}

/** The rules that make sense for a part that cannot do some things. */
export function applicableRules<S>(
  rules: readonly ContractRule<S>[],
  lacks: readonly string[],
): readonly ContractRule<S>[] {
  return rules.filter(({ needs }) => needs === undefined || !lacks.includes(needs));
}

/** A rule that a subject broke. */
export interface BrokenRule {
  readonly rule: string;
  readonly error: unknown;
}

/** Runs all rules and tells which of them the subjects broke: for tests of the rules themselves. */
export async function findBrokenRules<S>(
  rules: readonly ContractRule<S>[],
  source: SubjectSource<S>,
): Promise<readonly BrokenRule[]> {
  const broken: BrokenRule[] = [];
  for (const rule of rules) {
    try {
      await runRule(rule, source);
    } catch (error) {
      broken.push({ rule: rule.rule, error });
    }
  }
  return broken;
}
