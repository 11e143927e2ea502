import { describe, expect, test } from '@jest/globals';
import { BROKEN_PLUGINS } from '../broken/broken-plugins.js';
import { EchoPlugin } from '../broken/echo-plugin.js';
import { findBrokenRules } from '../contract/contract-rule.js';
import { describePluginContract } from './plugin-contract.js';
import { PLUGIN_RULES } from './plugin-rules.js';

describePluginContract('EchoPlugin', EchoPlugin);

describe('the plugin contract', () => {
  test.each(BROKEN_PLUGINS)('$breaks finds the plugin that $fault', async ({ breaks, spoil }) => {
    const working = { type: EchoPlugin, patienceMs: 50 };
    const broken = await findBrokenRules(PLUGIN_RULES, { create: () => spoil(working) });
    expect(broken.map(({ rule, error }) => (rule === breaks ? rule : `${rule}: ${String(error)}`))).toEqual([breaks]);
  });

  test('has a broken plugin for every rule', () => {
    const found = new Set(BROKEN_PLUGINS.map(({ breaks }) => breaks));
    expect(PLUGIN_RULES.map(({ rule }) => rule).filter((rule) => !found.has(rule))).toEqual([]);
  });
});
