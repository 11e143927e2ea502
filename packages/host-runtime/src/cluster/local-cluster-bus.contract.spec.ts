import { describeClusterBusContract } from '@device-messaging/testkit';
import { LocalClusterBus } from './local-cluster-bus.js';
import { LocalNetwork } from './local-network.js';

describeClusterBusContract('LocalClusterBus', () => {
  const network = new LocalNetwork();
  return { join: () => new LocalClusterBus(network), settle: () => undefined };
});
