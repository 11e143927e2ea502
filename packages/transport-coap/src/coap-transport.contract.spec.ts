import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { describeTransportContract } from '@device-messaging/testkit';
import { coapHarness } from './spec-support/coap-harness.js';

describeTransportContract('CoAP', coapHarness, {
  createHost,
  createRegistry: () => new InMemoryRegistry(),
  lacks: ['take-over', 'size-limit', 'request-order', 'idle-connection', 'departure'],
});
