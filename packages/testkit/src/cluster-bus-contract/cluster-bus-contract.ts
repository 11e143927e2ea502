import type { Awaitable } from '@device-messaging/plugin-api';
import { describeContract } from '../contract/describe-contract.js';
import { CLUSTER_BUS_RULES, type BusCluster } from './bus-rules.js';

/**
 * Declares the tests of a cluster bus.
 * @param createCluster a cluster without nodes, once for every rule
 * @param dispose stops what the rule left running
 */
export function describeClusterBusContract(
  name: string,
  createCluster: () => Awaitable<BusCluster>,
  dispose?: (cluster: BusCluster) => Awaitable<void>,
): void {
  describeContract(name, CLUSTER_BUS_RULES, { create: createCluster, ...(dispose === undefined ? {} : { dispose }) });
}
