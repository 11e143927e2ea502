import { InMemoryRegistry } from '@device-messaging/host-runtime';
import { describe, expect, test } from '@jest/globals';
import { BROKEN_REGISTRIES } from '../broken/broken-registries.js';
import { findBrokenRules } from '../contract/contract-rule.js';
import { REGISTRY_RULES } from './registry-contract.js';

describe('the registry contract', () => {
  test.each(BROKEN_REGISTRIES)('$breaks finds the registry that $fault', async ({ breaks, alsoBreaks = [], spoil }) => {
    const broken = await findBrokenRules(REGISTRY_RULES, { create: () => spoil(new InMemoryRegistry()) });
    expect(broken.map(({ rule }) => rule)).toEqual([breaks, ...alsoBreaks]);
  });

  test('has a broken registry for every rule', () => {
    const found = new Set(BROKEN_REGISTRIES.map(({ breaks }) => breaks));
    expect(REGISTRY_RULES.map(({ rule }) => rule).filter((rule) => !found.has(rule))).toEqual([]);
  });
});
