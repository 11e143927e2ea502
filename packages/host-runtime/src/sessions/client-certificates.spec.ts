import type { CertificateCredentials, DeviceRegistry, DeviceSession } from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import { TestCertificate } from '@device-messaging/testkit';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { InMemoryRegistry } from '../registry/in-memory-registry.js';
import { FakeLink } from '../spec-support/fake-link.js';
import { DEVICES, HostBench, OTHER_TENANT, TENANT } from '../spec-support/host-bench.js';

const DAY_MS = 86_400_000;

/** The same registry, as one in a database is: every answer takes a turn. */
function unhurried(registry: InMemoryRegistry): DeviceRegistry {
  return new Proxy<DeviceRegistry>(registry, {
    get(target, member: keyof DeviceRegistry) {
      const value: unknown = target[member];
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => Promise.resolve().then(() => Reflect.apply(value, target, args) as unknown);
    },
  });
}

describe.each([
  ['in memory', {}],
  ['that takes its time', { through: unhurried }],
])('client certificates, with a registry %s', (_registry, options) => {
  let bench: HostBench;

  beforeEach(async () => {
    bench = await HostBench.start(options);
  });

  afterEach(() => bench.host.stop());

  const certificate = (commonName: string | readonly string[] = 'whoever'): TestCertificate => {
    const now = bench.timers.now();
    return new TestCertificate({ commonName, notBefore: new Date(now), notAfter: new Date(now + DAY_MS) });
  };

  const open = (secret: Uint8Array, authorityTenantId?: string): Awaitable<DeviceSession | undefined> => {
    const named = authorityTenantId === undefined ? {} : { authorityTenantId };
    const credentials: CertificateCredentials = { type: 'X509_CERTIFICATE', secret, ...named };
    return bench.transport.host.connect(credentials, { transport: 'direct' }, new FakeLink());
  };

  const register = (deviceId: string, { der }: TestCertificate): void => {
    const digest = createHash('sha256').update(der).digest('hex');
    bench.registry.setCredentials(deviceId, 'X509_CERTIFICATE', digest);
  };

  test('NET-20: a certificate is the device that has its digest as credentials', async () => {
    const [own, strange] = [certificate('a2'), certificate('a2')];
    register(DEVICES.a1, own);
    expect((await open(own.der))?.deviceId).toBe(DEVICES.a1);
    expect(await open(strange.der)).toBeUndefined();
  });

  test('NET-21: a certificate is refused before and after its time', async () => {
    const { der } = ((own) => (register(DEVICES.a1, own), own))(certificate());
    bench.timers.advance(DAY_MS - (bench.timers.now() % 1_000) - 1_000);
    expect((await open(der))?.deviceId).toBe(DEVICES.a1);
    bench.timers.advance(2_000);
    expect(await open(der)).toBeUndefined();
    const early = new TestCertificate({ commonName: 'a2', notBefore: new Date(bench.timers.now() + 2_000) });
    expect(await open(early.der, TENANT)).toBeUndefined();
  });

  test('NET-21: what is no certificate is refused', async () => {
    expect(await open(Buffer.from('no certificate'))).toBeUndefined();
    expect(await open(Buffer.alloc(0), TENANT)).toBeUndefined();
  });

  test('NET-22: an authority vouches for the name of a device of its tenant', async () => {
    const { der } = certificate('a1');
    expect((await open(der, TENANT))?.deviceId).toBe(DEVICES.a1);
    expect(await open(der)).toBeUndefined();
    expect(await open(der, OTHER_TENANT)).toBeUndefined();
    expect((await open(certificate('foreign').der, OTHER_TENANT))?.deviceId).toBe(DEVICES.foreign);
    expect(await open(certificate('foreign').der, TENANT)).toBeUndefined();
    expect(await open(certificate('A1').der, TENANT)).toBeUndefined();
  });

  test('NET-22: a certificate that is credentials itself goes before its name', async () => {
    const own = certificate('a2');
    register(DEVICES.a1, own);
    expect((await open(own.der, TENANT))?.deviceId).toBe(DEVICES.a1);
  });

  test('NET-22: no name, several names, and the name of several devices are nobody', async () => {
    expect(await open(certificate([]).der, TENANT)).toBeUndefined();
    expect(await open(certificate(['a1', 'a2']).der, TENANT)).toBeUndefined();
    bench.registry.createDevice({ tenantId: TENANT, customerId: undefined, name: 'a1', type: 'default' });
    expect(await open(certificate('a1').der, TENANT)).toBeUndefined();
  });

  test('NET-23: deleting the device, or revoking its credentials, closes the session', async () => {
    const [one, two] = [new FakeLink(), new FakeLink()];
    const connect = (link: FakeLink, name: string) =>
      bench.transport.host.connect(
        { type: 'X509_CERTIFICATE', secret: certificate(name).der, authorityTenantId: TENANT },
        { transport: 'direct' },
        link,
      );
    await connect(one, 'a1');
    await connect(two, 'a2');
    bench.registry.revokeCredentials(DEVICES.a1);
    bench.registry.deleteDevice(DEVICES.a2);
    expect([one.closedBy, two.closedBy]).toEqual(['CREDENTIALS_REVOKED', 'DEVICE_DELETED']);
    expect(await open(certificate('a2').der, TENANT)).toBeUndefined();
  });
});
