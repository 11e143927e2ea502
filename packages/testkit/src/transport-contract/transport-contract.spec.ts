import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { describe, expect, test } from '@jest/globals';
import { BROKEN_TRANSPORTS } from '../broken/broken-transports.js';
import { findBrokenRules } from '../contract/contract-rule.js';
import { inMemoryHarness } from './in-memory-harness.js';
import { transportWorlds, TRANSPORT_RULES } from './transport-contract.js';

const parts = { createHost, createRegistry: () => new InMemoryRegistry() };

/** Enough for what happens in memory; a broken transport keeps the rules waiting for it. */
const PATIENCE_MS = 250;

describe('the transport contract', () => {
  test.each(BROKEN_TRANSPORTS)(
    '$breaks finds the transport that $fault',
    async ({ breaks, alsoBreaks = [], spoil }) => {
      const worlds = transportWorlds(() => spoil(inMemoryHarness()), parts, PATIENCE_MS);
      const broken = await findBrokenRules(TRANSPORT_RULES, worlds);
      const meant = [breaks, ...alsoBreaks];
      const found = broken.map(({ rule, error }) => (meant.includes(rule) ? rule : `${rule}: ${String(error)}`));
      expect(found).toEqual(meant);
    },
  );

  test('has a broken transport for every rule', () => {
    const found = new Set(BROKEN_TRANSPORTS.map(({ breaks }) => breaks));
    expect(TRANSPORT_RULES.map(({ rule }) => rule).filter((rule) => !found.has(rule))).toEqual([]);
  });
});
