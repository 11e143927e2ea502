import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { describeTransportContract } from '@device-messaging/testkit';
import { mqttHarness } from './spec-support/mqtt-harness.js';

const parts = { createHost, createRegistry: () => new InMemoryRegistry() };

// MQTT 3.1.1 has no way to announce the largest packet that a client takes; no MQTT can say when to come again.
describeTransportContract('MQTT 3.1.1', () => mqttHarness(4), { ...parts, lacks: ['size-limit', 'retry-after'] });

describeTransportContract('MQTT 5.0', () => mqttHarness(5), { ...parts, lacks: ['retry-after'] });
