import type { DeviceRegistry, DeviceSession } from '@device-messaging/host-api';
import { settle } from '@device-messaging/testkit';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { InMemoryRegistry } from '../registry/in-memory-registry.js';
import { FakeLink } from '../spec-support/fake-link.js';
import { DEVICES, digestOf, HostBench, TENANT, type DeviceName } from '../spec-support/host-bench.js';

/** Readings of a registry that are answered when the test says so, with what held when they were asked. */
class SlowReadings {
  private readonly held: (() => void)[] = [];
  readonly lookUps = new Map<string, number>();

  readonly through = (registry: InMemoryRegistry): DeviceRegistry =>
    new Proxy<DeviceRegistry>(registry, {
      get: (target, member: keyof DeviceRegistry) => {
        const value: unknown = target[member];
        if (typeof value !== 'function' || !['findDeviceByCredentials', 'findQuotas'].includes(member)) return value;
        return (...args: readonly unknown[]) => {
          if (member === 'findDeviceByCredentials') this.count(String(args[1]));
          const answer: unknown = Reflect.apply(value, target, args);
          return new Promise((resolve) => this.held.push(() => resolve(answer)));
        };
      },
    });

  /** Answers one of the readings that are held. */
  async answer(which: number): Promise<void> {
    const [release] = this.held.splice(which % Math.max(1, this.held.length), 1);
    release?.();
    await settle();
  }

  async answerAll(): Promise<void> {
    for (let rounds = 0; this.held.length > 0; rounds++) {
      if (rounds > 1_000) throw new Error('A look-up is begun again and again');
      await this.answer(0);
    }
  }

  private count(digest: string): void {
    this.lookUps.set(digest, (this.lookUps.get(digest) ?? 0) + 1);
  }
}

interface Opening {
  readonly device: DeviceName;
  readonly token: string;
  readonly link: FakeLink;
  session: DeviceSession | undefined | 'under way';
  /** Its device was revoked since. */
  isRevoked: boolean;
}

const device = fc.constantFrom<DeviceName>('a1', 'a2', 'foreign');
const step = fc.oneof(
  fc.record({ does: fc.constant('connect' as const), device }),
  fc.record({ does: fc.constant('answer' as const), which: fc.nat(20) }),
  fc.record({ does: fc.constant('rotate' as const), device }),
  fc.record({ does: fc.constant('storm' as const), count: fc.nat(50) }),
  fc.record({ does: fc.constant('delete' as const), device }),
  fc.record({ does: fc.constant('delete tenant' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A host whose devices connect while credentials are replaced, and devices and tenants deleted. */
class Scenario {
  readonly openings: Opening[] = [];
  private readonly tokens = new Map<DeviceName, string>();
  private rotations = 0;

  constructor(
    private readonly bench: HostBench,
    private readonly readings: SlowReadings,
  ) {}

  async run(done: Step): Promise<void> {
    if (done.does === 'connect') this.connect(done.device);
    else if (done.does === 'answer') await this.readings.answer(done.which);
    else if (done.does === 'rotate') this.rotate(done.device);
    else if (done.does === 'storm') for (let count = 0; count < done.count; count++) this.rotate('b1');
    else if (done.does === 'delete') this.delete(done.device);
    else this.deleteTenant();
  }

  private connect(name: DeviceName): void {
    const token = this.tokenOf(name);
    const opening: Opening = { device: name, token, link: new FakeLink(), session: 'under way', isRevoked: false };
    this.openings.push(opening);
    void Promise.resolve(this.bench.open(token, opening.link)).then((session) => (opening.session = session));
  }

  private rotate(name: DeviceName): void {
    if (this.bench.registry.findDevice(DEVICES[name]) === undefined) return;
    const token = `${name} ${++this.rotations}`;
    this.bench.registry.setCredentials(DEVICES[name], 'ACCESS_TOKEN', digestOf(token));
    this.tokens.set(name, token);
    this.revoked((other) => other === name);
  }

  private delete(name: DeviceName): void {
    if (this.bench.registry.findDevice(DEVICES[name]) === undefined) return;
    this.bench.registry.deleteDevice(DEVICES[name]);
    this.revoked((other) => other === name);
  }

  private deleteTenant(): void {
    if (this.bench.registry.findTenant(TENANT) === undefined) return;
    this.bench.registry.deleteTenant(TENANT);
    this.revoked((other) => other !== 'foreign');
  }

  private revoked(isHit: (name: DeviceName) => boolean): void {
    for (const opening of this.openings) if (isHit(opening.device)) opening.isRevoked = true;
  }

  private tokenOf(name: DeviceName): string {
    return this.tokens.get(name) ?? name;
  }
}

describe('opening a session while credentials change', () => {
  test('LIVE-1: no session stands on a look-up that began before its device was revoked; others look up once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const readings = new SlowReadings();
        const bench = await HostBench.start({ through: readings.through });
        const scenario = new Scenario(bench, readings);
        for (const done of steps) await scenario.run(done);
        await readings.answerAll();
        for (const { token, link, session, isRevoked } of scenario.openings) {
          const isOpen = session !== undefined && link.closedBy === undefined;
          expect(session).not.toBe('under way');
          expect(isOpen).toBe(
            !isRevoked && bench.registry.findDeviceByCredentials('ACCESS_TOKEN', digestOf(token)) !== undefined,
          );
          const tries = scenario.openings.filter((other) => other.token === token);
          if (tries.every((other) => !other.isRevoked)) {
            expect(readings.lookUps.get(digestOf(token))).toBe(tries.length);
          }
        }
        await bench.host.stop({ drainTimeoutMs: 0 });
      }),
      { numRuns: 200 },
    );
  });
});
