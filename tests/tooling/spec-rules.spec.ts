import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const RULE =
  /\b(?:ADC|ADM|BUS|CALL|CLI|COAP|HTTP|LIFE|LIVE|MQTT|MSG|NET|OBS|OPS|PLG|QTA|REG|RPC|RULE|SQL|TIM|TRN|XPT)-\d+\b/g;

/** Rules by number, each with the file that states it: `- **CALL-3** …`. */
function statedRules(): string[] {
  const folder = join(ROOT, 'docs/spec');
  return readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map(([, rule]) => rule!),
  );
}

/** Rules that specs, and the contract suites that specs run, name in their titles. */
function citedRules(): Set<string> {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const tests = files
    .trim()
    .split('\n')
    .filter((file) => file.endsWith('.spec.ts') || file.startsWith('packages/testkit/'));
  return new Set(tests.flatMap((file) => readFileSync(join(ROOT, file), 'utf8').match(RULE) ?? []));
}

describe('docs/spec', () => {
  const stated = statedRules();
  const cited = citedRules();

  test('states each rule once', () => {
    expect(stated.filter((rule, index) => stated.indexOf(rule) !== index)).toEqual([]);
  });

  test('has a test for each of its rules', () => {
    expect(stated.filter((rule) => !cited.has(rule))).toEqual([]);
  });

  test('states every rule that a test names', () => {
    expect([...cited].filter((rule) => !stated.includes(rule))).toEqual([]);
  });
});
