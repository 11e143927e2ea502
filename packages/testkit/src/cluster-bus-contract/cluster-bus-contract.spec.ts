import { LocalClusterBus, LocalNetwork } from '@device-messaging/host-runtime';
import { describe, expect, test } from '@jest/globals';
import { BROKEN_CLUSTER_BUSES } from '../broken/broken-cluster-buses.js';
import { findBrokenRules } from '../contract/contract-rule.js';
import { CLUSTER_BUS_RULES, type BusCluster } from './bus-rules.js';

function localCluster(): BusCluster {
  const network = new LocalNetwork();
  return { join: () => new LocalClusterBus(network), settle: () => undefined };
}

describe('the cluster bus contract', () => {
  test.each(BROKEN_CLUSTER_BUSES)('$breaks finds the bus that $fault', async ({ breaks, spoil }) => {
    const broken = await findBrokenRules(CLUSTER_BUS_RULES, { create: () => spoil(localCluster()) });
    expect(broken.map(({ rule }) => rule)).toEqual([breaks]);
  });

  test('has a broken bus for every rule', () => {
    expect(BROKEN_CLUSTER_BUSES.map(({ breaks }) => breaks)).toEqual(CLUSTER_BUS_RULES.map(({ rule }) => rule));
  });
});
