import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { inMemoryHarness } from '../transport-contract/in-memory-harness.js';
import { describeTransportContract } from '../transport-contract/transport-contract.js';

describeTransportContract('InMemoryTransport', inMemoryHarness, {
  createHost,
  createRegistry: () => new InMemoryRegistry(),
});
