import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withFaults } from '@device-messaging/testkit';
import { NEVER } from 'rxjs';
import { LocalClusterBus } from '../cluster/local-cluster-bus.js';
import { LocalNetwork } from '../cluster/local-network.js';
import type { FakeLink } from '../spec-support/fake-link.js';
import {
  CUSTOMER_A,
  CUSTOMER_B,
  DEVICES,
  digestOf,
  HostBench,
  NOTHING_ALIVE,
  PLUGIN,
  TENANT,
} from '../spec-support/host-bench.js';

let network: LocalNetwork;
let near: HostBench;
let far: HostBench;
let a1: FakeLink;

beforeEach(async () => {
  network = new LocalNetwork();
  near = await HostBench.start({ clusterBus: new LocalClusterBus(network) });
  far = await HostBench.start({
    clusterBus: new LocalClusterBus(network), // The rows as another node reads them: it is told of changes by the bus alone.
    through: () => withFaults(near.registry, { changes: NEVER }),
  });
  a1 = far.connect('a1');
});

afterEach(async () => {
  for (const bench of [near, far]) {
    await bench.host.stop({ drainTimeoutMs: 0 });
    expect(bench.alive()).toEqual(NOTHING_ALIVE);
  }
});

describe('a change made on another node', () => {
  test('closes sessions whose credentials were replaced', () => {
    near.registry.setCredentials(DEVICES.a1, 'ACCESS_TOKEN', digestOf('new'));
    expect(a1.closedBy).toBe('CREDENTIALS_REVOKED');
  });

  test('acts on messages that wait', () => {
    const ref = a1.ask('call', { to: DEVICES.a2 });
    near.registry.assignDevice(DEVICES.a2, CUSTOMER_B);
    expect(a1.answerTo(ref)).toContain('This action is not allowed!');
  });

  test('acts on rules and plugins', () => {
    expect(a1.answerTo(a1.ask('limit'))).toBe('7');
    near.registry.updatePlugin(PLUGIN, { configuration: { limit: 12 } });
    expect(a1.answerTo(a1.ask('limit'))).toBe('12');
    for (const { id } of near.registry.listRules(TENANT)) near.registry.deleteRule(id);
    expect(a1.answerTo(a1.ask('limit'))).toBe('{"error":"No rules configured!"}');
  });

  test('QTA-10: acts on quotas', () => {
    near.registry.putQuotas({ kind: 'customer', id: CUSTOMER_A }, { messagesPerSecond: 0 });
    expect(a1.answerTo(a1.ask('limit'))).toBe('{"error":"Rate limit exceeded!"}');
  });

  test('that cannot be read is told of, and hurts nobody', () => {
    const stranger = new LocalClusterBus(network);
    stranger.start();
    stranger.publish('registry.changes', Buffer.from('{"kind":'));
    expect(far.errors()).toEqual(['A change of the registry from another node could not be read']);
    expect(a1.answerTo(a1.ask('limit'))).toBe('7');
  });
});
