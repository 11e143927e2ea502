import { applicableRules, runRule, type ContractRule, type SubjectSource } from './contract-rule.js';

/** What the suites need of a test framework; Jest, Vitest (with globals) and Mocha have it. */
interface TestFramework {
  describe(name: string, declare: () => void): void;
  it(name: string, run: () => Promise<void>): void;
}

/** The framework that runs the file. Not imported, so that this package serves every framework. */
function testFramework(): TestFramework {
  const { describe, it } = globalThis as Partial<TestFramework>;
  if (describe === undefined || it === undefined) {
    throw new Error(
      'A contract suite needs the global functions describe and it; without them, run its rules by runRule',
    );
  }
  return { describe, it };
}

/** Turns rules into tests that are titled with their numbers. `lacks`: what the part declares that it cannot do. */
export function describeContract<S>(
  name: string,
  rules: readonly ContractRule<S>[],
  source: SubjectSource<S>,
  lacks: readonly string[] = [],
): void {
  const { describe, it } = testFramework();
  describe(lacks.length === 0 ? name : `${name} (without ${lacks.join(', ')})`, () => {
    for (const rule of applicableRules(rules, lacks)) it(`${rule.rule}: ${rule.title}`, () => runRule(rule, source));
  });
}
