import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { describeTransportContract, type TransportLack } from '@device-messaging/testkit';
import { httpHarness } from './spec-support/http-harness.js';

const parts = { createHost, createRegistry: () => new InMemoryRegistry() };

/**
 * HTTP has no client ids, announces no largest message, and keeps no order among requests on several connections. A
 * device that polls takes calls one by one; a stream's connection holds more than these rules send (see
 * event-stream.spec.ts for what it does when it is full).
 */
const lacks: readonly TransportLack[] = ['take-over', 'size-limit', 'request-order', 'idle-connection', 'stall'];

describeTransportContract('HTTP long polling', () => httpHarness('poll'), { ...parts, lacks });

describeTransportContract('HTTP server-sent events', () => httpHarness('stream'), {
  ...parts,
  lacks: [...lacks, 'line-breaks'],
});
