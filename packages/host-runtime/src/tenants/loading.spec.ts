import type { DeviceRegistry, RuleDefinition } from '@device-messaging/host-api';
import { settle, withFaults } from '@device-messaging/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { InMemoryRegistry } from '../registry/in-memory-registry.js';
import { HostBench, OTHER_TENANT, PLUGIN, rpcRule } from '../spec-support/host-bench.js';

describe('loading a tenant while something changes', () => {
  let bench: HostBench;
  let readings = 0;
  let release: () => void;

  /** Rules are read as of now and told when the test says so. */
  const slow = (registry: InMemoryRegistry): DeviceRegistry =>
    withFaults<DeviceRegistry>(registry, {
      listRules: (tenantId) => {
        readings++;
        const rules = registry.listRules(tenantId);
        return new Promise<readonly RuleDefinition[]>((resolve) => (release = () => resolve(rules)));
      },
    });

  beforeEach(async () => {
    readings = 0;
    bench = await HostBench.start({ through: slow });
  });

  afterEach(() => bench.host.stop({ drainTimeoutMs: 0 }));

  test('LIVE-1: changes of other tenants make nothing be read again', async () => {
    const a1 = bench.connect('a1');
    const ref = a1.ask('limit');
    for (let count = 0; count < 50; count++) bench.registry.createRule(rpcRule({ tenantId: OTHER_TENANT }));
    release();
    await settle();
    expect(a1.answerTo(ref)).toBe('7');
    expect(readings).toBe(1);
  });

  test('LIVE-1: a change of its own is not missed', async () => {
    const a1 = bench.connect('a1');
    const ref = a1.ask('limit');
    bench.registry.updatePlugin(PLUGIN, { configuration: { limit: 12 } });
    release();
    await settle();
    release();
    await settle();
    expect(a1.answerTo(ref)).toBe('12');
    expect(readings).toBe(2);
  });
});
