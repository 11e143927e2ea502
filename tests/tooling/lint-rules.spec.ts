import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');

/** [what, code, the rule that refuses it or `undefined`] */
const CASES: readonly (readonly [string, string, string | undefined])[] = [
  ['an export by name', 'export const a = 1;', undefined],
  ['a default export', 'export default 1;', 'no-restricted-syntax'],
  ['a re-export of everything', "export * from './a.js';", 'no-restricted-syntax'],
  ['a skipped test', "it.skip('x', f);", 'no-restricted-syntax'],
  ['a focused suite', "describe.only('x', f);", 'no-restricted-syntax'],
  ['a skipped table of tests', "it.skip.each([])('x', f);", 'no-restricted-syntax'],
  ['a focused test, the short way', "fit('x', f);", 'no-restricted-syntax'],
  ['a mocked module', "jest.unstable_mockModule('x', f);", 'no-restricted-syntax'],
  ['a swallowed error', 'try { f(); } catch {}', 'no-empty'],
  ['a disabled rule with its reason', '/* eslint-disable no-var -- old engines */\nvar a = 1;', undefined],
  ['a disabled rule without reason', '/* eslint-disable no-var */\nvar a = 1;', 'project/reasoned-disable'],
];

describe('the lint rules', () => {
  let found: (readonly string[])[];

  beforeAll(() => {
    const script = `
      import { ESLint } from 'eslint';
      const eslint = new ESLint({ cwd: ${JSON.stringify(ROOT)} });
      const rules = [];
      for (const code of ${JSON.stringify(CASES.map(([, code]) => code))}) {
        const [{ messages }] = await eslint.lintText(code, { filePath: 'scripts/case.mjs' });
        rules.push(messages.map(({ ruleId, message }) => ruleId ?? message));
      }
      console.log(JSON.stringify(rules));
    `;
    const args = ['--input-type=module', '-e', script];
    found = JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })) as string[][];
  }, 60_000);

  it.each(CASES.map(([what, , rule], index) => [what, rule ?? 'nothing', index] as const))(
    'find in %s: %s',
    (_what, rule, index) => {
      expect(found[index]).toEqual(rule === 'nothing' ? [] : [rule]);
    },
  );
});
