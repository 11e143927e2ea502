import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CLUSTER_BUS_RULES } from '../cluster-bus-contract/bus-rules.js';
import { PLUGIN_RULES } from '../plugin-contract/plugin-rules.js';
import { REGISTRY_RULES } from '../registry-contract/registry-contract.js';
import { TIMERS_RULES } from '../timers-contract/timers-contract.js';
import { TRANSPORT_RULES } from '../transport-contract/transport-contract.js';

const SPECIFICATION = new URL('../../../../docs/spec/', import.meta.url);

/** A rule as a file states it: `- **REG-3** …`. */
const STATED = /^- \*\*([A-Z]+-\d+)\*\*/gm;

const SUITES: readonly (readonly [
  file: string,
  rules: readonly { readonly rule: string; readonly needs?: string }[],
])[] = [
  ['registry.md', REGISTRY_RULES],
  ['cluster-bus.md', CLUSTER_BUS_RULES],
  ['timers.md', TIMERS_RULES],
  ['transport.md', TRANSPORT_RULES],
  ['plugin.md', PLUGIN_RULES],
];

function read(file: string): string {
  return readFileSync(new URL(file, SPECIFICATION), 'utf8');
}

describe.each(SUITES)('%s', (file, rules) => {
  test('states the rules of its suite, all of them and no others, in the same order', () => {
    expect([...read(file).matchAll(STATED)].map(([, rule]) => rule)).toEqual(rules.map(({ rule }) => rule));
  });

  test('says at a rule what a part may declare to lack, and only there', () => {
    const exceptions = read(file)
      .split(/^- /m)
      .map((text) => [/^\*\*([A-Z]+-\d+)\*\*/.exec(text)?.[1], /lacks\s+`([a-z-]+)`/.exec(text)?.[1]])
      .filter(([rule, need]) => rule !== undefined && need !== undefined);
    expect(exceptions).toEqual(
      rules.filter(({ needs }) => needs !== undefined).map(({ rule, needs }) => [rule, needs]),
    );
  });

  test('is in the list of the specification', () => {
    expect(read('README.md')).toContain(`[${file}](${file})`);
  });
});
