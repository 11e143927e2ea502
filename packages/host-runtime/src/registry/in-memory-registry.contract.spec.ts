import { describeRegistryContract } from '@device-messaging/testkit';
import { InMemoryRegistry } from './in-memory-registry.js';

describeRegistryContract('InMemoryRegistry', () => new InMemoryRegistry());
