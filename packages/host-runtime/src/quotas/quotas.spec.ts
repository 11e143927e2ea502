import { OverQuotaError, type Quotas, type QuotaSubject } from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import { afterEach, describe, expect, test } from '@jest/globals';
import { FakeLink } from '../spec-support/fake-link.js';
import {
  CUSTOMER_A,
  CUSTOMER_B,
  DEVICES,
  HostBench,
  NOTHING_ALIVE,
  TENANT,
  type BenchOptions,
} from '../spec-support/host-bench.js';

const A1 = { kind: 'device', id: DEVICES.a1 } as const;
const A = { kind: 'customer', id: CUSTOMER_A } as const;
const B = { kind: 'customer', id: CUSTOMER_B } as const;
const WHOLE = { kind: 'tenant', id: TENANT } as const;
const LIMITED = '{"error":"Rate limit exceeded!"}';

let bench: HostBench;

async function start(options: BenchOptions = {}): Promise<HostBench> {
  return (bench = await HostBench.start(options));
}

afterEach(async () => {
  await bench.host.stop({ drainTimeoutMs: 0 });
  expect(bench.alive()).toEqual(NOTHING_ALIVE);
});

/** Answers to so many requests in a row: `ok` or what was said instead. */
function ask(link: FakeLink, count: number): string[] {
  return Array.from({ length: count }, () => {
    const answer = link.answerTo(link.ask('echo', { text: 'ok' }));
    return answer === '"ok"' ? 'ok' : answer === LIMITED ? 'limited' : String(answer);
  });
}

const times = (count: number, what: string): string[] => new Array<string>(count).fill(what);

function post(link: FakeLink): string {
  return link.session.publish('POST_TELEMETRY', Buffer.from('{}'));
}

function refusalOf(open: () => unknown): OverQuotaError {
  try {
    open();
  } catch (error) {
    if (error instanceof OverQuotaError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

/** A registry whose quotas are read later, when the test says so, or not at all. */
function withSlowQuotas(): { options: BenchOptions; answers: (() => void)[]; failing: { on: boolean } } {
  const answers: (() => void)[] = [];
  const failing = { on: false };
  const options: BenchOptions = {
    through: (registry) =>
      new Proxy(registry, {
        get(target, member) {
          if (member === 'findQuotas') {
            return (subject: QuotaSubject): Awaitable<Quotas> => {
              if (failing.on) return Promise.reject(new Error('The database is down'));
              const quotas = target.findQuotas(subject);
              return new Promise((resolve) => answers.push(() => resolve(quotas)));
            };
          }
          const value = Reflect.get(target, member, target) as unknown;
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
  };
  return { options, answers, failing };
}

async function settle(answers: (() => void)[]): Promise<void> {
  for (let round = 0; round < 20; round++) {
    for (const answer of answers.splice(0)) answer();
    await Promise.resolve();
  }
}

describe('messages a second', () => {
  test('QTA-1: nothing is limited until a quota is set', async () => {
    await start();
    expect(ask(bench.connect('a1'), 5_000)).toEqual(times(5_000, 'ok'));
  });

  test.each([
    ['device', A1],
    ['customer', A],
    ['tenant', WHOLE],
  ])('QTA-2: over the quota of a %s a request is answered, and not passed on', async (_kind, subject) => {
    await start();
    bench.registry.putQuotas(subject, { messagesPerSecond: 3 });
    const a1 = bench.connect('a1');
    expect(ask(a1, 5)).toEqual([...times(3, 'ok'), ...times(2, 'limited')]);
    expect(bench.script.begun).toHaveLength(3);
    bench.timers.advance(1_000);
    expect(ask(a1, 4)).toEqual([...times(3, 'ok'), 'limited']);
  });

  test('QTA-4: the transport is told that the request was too much', async () => {
    await start();
    bench.registry.putQuotas(A1, { messagesPerSecond: 0 });
    const a1 = bench.connect('a1');
    const ref = a1.ask('echo', {});
    expect([a1.answerTo(ref), a1.kinds.get(ref)]).toEqual([LIMITED, 'rate-limited']);
  });

  test('QTA-3: customers share what they may with their devices, and with nobody else', async () => {
    await start();
    bench.registry.putQuotas(A, { messagesPerSecond: 4 });
    const [a1, a2, b1] = [bench.connect('a1'), bench.connect('a2'), bench.connect('b1')];
    expect(ask(a1, 3)).toEqual(times(3, 'ok'));
    expect(ask(a2, 2)).toEqual(['ok', 'limited']);
    expect(ask(b1, 10)).toEqual(times(10, 'ok'));
  });

  test('QTA-3: what one quota refuses takes nothing of the others', async () => {
    await start();
    bench.registry.putQuotas(A1, { messagesPerSecond: 1 });
    bench.registry.putQuotas(A, { messagesPerSecond: 3 });
    const [a1, a2] = [bench.connect('a1'), bench.connect('a2')];
    expect(ask(a1, 50)).toEqual(['ok', ...times(49, 'limited')]);
    expect(ask(a2, 3)).toEqual(['ok', 'ok', 'limited']);
  });

  test('QTA-4: what is no request is told so, and costs nothing', async () => {
    await start();
    bench.registry.putQuotas(A1, { messagesPerSecond: 1 });
    const a1 = bench.connect('a1');
    for (const payload of ['{', '[]', '{"params":{}}']) {
      expect(a1.answerTo(a1.askRaw(payload))).toMatch(/^\{"error":"Invalid request: /);
    }
    expect(ask(a1, 2)).toEqual(['ok', 'limited']);
  });

  test('QTA-5: telemetry counts like a request, and is dropped and counted over the quota', async () => {
    await start();
    bench.registry.putQuotas(A1, { messagesPerSecond: 2 });
    const a1 = bench.connect('a1');
    expect([post(a1), post(a1), post(a1)]).toEqual(['accepted', 'accepted', 'rate-limited']);
    expect(ask(a1, 1)).toEqual(['limited']);
    expect(bench.host.control.statistics()).toMatchObject({ messages: 2, droppedMessages: 1 });
  });

  test('QTA-16: whoever is refused is told after how many seconds it may ask again, by the slowest of its buckets', async () => {
    await start();
    bench.registry.putQuotas(A1, { messagesPerSecond: 0.5 });
    bench.registry.putQuotas(A, { messagesPerSecond: 0.1 });
    const a1 = bench.connect('a1');
    expect(ask(a1, 2)).toEqual(['ok', 'limited']);
    expect(a1.session.retryAfterS()).toBe(10);
    bench.timers.advance(8_500);
    expect(ask(a1, 1)).toEqual(['limited']);
    expect(a1.session.retryAfterS()).toBe(2);
    bench.timers.advance(1_500);
    expect(ask(a1, 2)).toEqual(['ok', 'limited']);
    bench.registry.putQuotas(WHOLE, { messagesPerSecond: 0 });
    expect(a1.session.retryAfterS()).toBe(3_600);
  });

  test('QTA-16: a second where nobody can know: requests in flight, a device that is not limited', async () => {
    await start();
    bench.registry.putQuotas(A1, { messagesInFlight: 0 });
    const a1 = bench.connect('a1');
    expect([...ask(a1, 1), a1.session.retryAfterS()]).toEqual(['limited', 1]);
    expect(bench.connect('b1').session.retryAfterS()).toBe(1);
  });

  test('QTA-12: a device that connects for every request does not get a new bucket each time', async () => {
    await start();
    bench.registry.putQuotas(A1, { messagesPerSecond: 2 });
    const answers = Array.from({ length: 4 }, () => {
      const link = bench.connect('a1');
      const [answer] = ask(link, 1);
      link.session.close();
      return answer;
    });
    expect(answers).toEqual(['ok', 'ok', 'limited', 'limited']);
  });
});

describe('messages in flight', () => {
  test('QTA-6: what is owed counts until it is answered, over all devices of a customer', async () => {
    await start();
    bench.registry.putQuotas(A, { messagesInFlight: 2 });
    const [a1, a2] = [bench.connect('a1'), bench.connect('a2', { listen: true })];
    const refs = [a1.ask('call', { to: DEVICES.a2 }), a1.ask('call', { to: DEVICES.a2 })];
    expect(a1.answerTo(a1.ask('echo'))).toBe(LIMITED);
    expect(a2.answerTo(a2.ask('echo'))).toBe(LIMITED);
    a2.reply('1', a2.calls[0]!.id);
    expect(a1.answerTo(refs[0]!)).toBe('1');
    expect(ask(a1, 3)).toEqual(times(3, 'ok'));
    bench.timers.advance(1_000);
    expect(a1.answerTo(refs[1]!)).toContain('Timeout');
  });

  test('QTA-6: requests that began before the quota was set count as well', async () => {
    await start();
    const [a1, a2] = [bench.connect('a1'), bench.connect('a2', { listen: true })];
    a1.ask('call', { to: DEVICES.a2 });
    bench.registry.putQuotas(A, { messagesInFlight: 1 });
    expect(a1.answerTo(a1.ask('echo'))).toBe(LIMITED);
    a2.reply('1');
    expect(ask(a1, 1)).toEqual(['ok']);
  });
});

describe('waiting messages', () => {
  test('QTA-7: calls that wait count for their caller, and free their place when they are settled', async () => {
    await start();
    bench.registry.putQuotas(A1, { waitingMessages: 2 });
    const [a1, a2] = [bench.connect('a1'), bench.connect('a2')];
    const waiting = [a1.ask('call', { to: DEVICES.a3 }), a1.ask('call', { to: DEVICES.a2 })];
    const over = a1.ask('call', { to: DEVICES.a3 });
    expect([a1.answerTo(over), a1.kinds.get(over)]).toEqual([LIMITED, 'rate-limited']);
    // Another device of the customer may still wait for the same one.
    const others = a2.ask('call', { to: DEVICES.a3 });
    expect(a2.answerTo(others)).toBeUndefined();
    const a3 = bench.connect('a3', { listen: true });
    for (const { id } of a3.calls) a3.reply('1', id);
    expect(a1.answerTo(waiting[0]!)).toBe('1');
    expect(a1.answerTo(a1.ask('call', { to: DEVICES.a2 }))).toBeUndefined();
    expect(a1.answerTo(a1.ask('call', { to: DEVICES.a2 }))).toBe(LIMITED);
  });

  test('QTA-7: a call that need not wait is not refused', async () => {
    await start();
    bench.registry.putQuotas(A, { waitingMessages: 0 });
    const [a1, a2] = [bench.connect('a1'), bench.connect('a2', { listen: true })];
    const ref = a1.ask('call', { to: DEVICES.a2 });
    a2.reply('1');
    expect(a1.answerTo(ref)).toBe('1');
    expect(a1.answerTo(a1.ask('call', { to: DEVICES.a3 }))).toBe(LIMITED);
  });

  test('QTA-7: a security rule that takes its time counts a call once', async () => {
    await start();
    bench.script.authorize = () => Promise.resolve({ allowed: true });
    bench.registry.putQuotas(A, { waitingMessages: 1 });
    const a1 = bench.connect('a1');
    const first = a1.ask('call', { to: DEVICES.a3 });
    await bench.timers.advanceAsync(0);
    const second = a1.ask('call', { to: DEVICES.a3 });
    await bench.timers.advanceAsync(0);
    expect([a1.answerTo(first), a1.answerTo(second)]).toEqual([undefined, LIMITED]);
  });
});

describe('connections', () => {
  test.each([
    ['device', A1, 'a1'],
    ['customer', A, 'a2'],
    ['tenant', WHOLE, 'b1'],
  ] as const)('QTA-8: over the quota of a %s no session opens', async (kind, subject, other) => {
    await start();
    bench.registry.putQuotas(subject, { connections: 1 });
    const first = bench.connect('a1');
    const refusal = refusalOf(() => bench.connect(other));
    expect(refusal).toMatchObject({ subject, quota: 'connections' });
    expect(refusal.message).toBe(`The ${kind} ${subject.id} has as many connections as its quota allows`);
    expect(bench.host.control.statistics()).toMatchObject({ sessions: 1, refusedSessions: 1, devices: 1 });
    first.session.close();
    bench.connect(other);
  });

  test('QTA-8: a session that takes over another one takes its place', async () => {
    await start();
    bench.registry.putQuotas(A1, { connections: 1 });
    const first = bench.connect('a1', { clientId: 'x' });
    bench.connect('a1', { clientId: 'x' });
    expect(first.closedBy).toBe('TAKEN_OVER');
    expect(refusalOf(() => bench.connect('a1', { clientId: 'y' })).quota).toBe('connections');
  });

  test('QTA-8: sessions that are open stay when the quota shrinks', async () => {
    await start();
    const links = [bench.connect('a1'), bench.connect('a2')];
    bench.registry.putQuotas(A, { connections: 1 });
    expect(links.map((link) => ask(link, 1))).toEqual([['ok'], ['ok']]);
    links[0]!.session.close();
    expect(refusalOf(() => bench.connect('a1')).quota).toBe('connections');
    links[1]!.session.close();
    bench.connect('a1');
  });
});

describe('changes', () => {
  test.each([
    ['device', A1],
    ['customer', A],
    ['tenant', WHOLE],
  ])('QTA-10: a quota of a %s that is set, changed and removed acts at once', async (_kind, subject) => {
    await start();
    const a1 = bench.connect('a1');
    bench.registry.putQuotas(subject, { messagesPerSecond: 2 });
    expect(ask(a1, 3)).toEqual(['ok', 'ok', 'limited']);
    bench.registry.putQuotas(subject, { messagesPerSecond: 0 });
    bench.timers.advance(5_000);
    expect(ask(a1, 1)).toEqual(['limited']);
    bench.registry.putQuotas(subject, {});
    expect(ask(a1, 100)).toEqual(times(100, 'ok'));
  });

  test('QTA-10: a quota of a device that is away fills its bucket from the change on', async () => {
    await start();
    bench.registry.putQuotas(A1, { messagesPerSecond: 0 });
    const a1 = bench.connect('a1');
    expect(ask(a1, 1)).toEqual(['limited']);
    a1.session.close();
    bench.registry.putQuotas(A1, { messagesPerSecond: 2 });
    bench.timers.advance(1_000);
    expect(ask(bench.connect('a1'), 3)).toEqual(['ok', 'ok', 'limited']);
  });

  test('QTA-10: a device that is re-assigned is counted with its new customer, its sessions included', async () => {
    await start();
    bench.registry.putQuotas(A, { messagesPerSecond: 0, connections: 1 });
    bench.registry.putQuotas(B, { connections: 1 });
    const a1 = bench.connect('a1');
    expect(ask(a1, 1)).toEqual(['limited']);
    bench.registry.assignDevice(DEVICES.a1, CUSTOMER_B);
    expect(ask(a1, 5)).toEqual(times(5, 'ok'));
    expect(refusalOf(() => bench.connect('b1')).subject).toEqual(B);
    bench.connect('a2');
    bench.registry.assignDevice(DEVICES.a1, undefined);
    bench.connect('b1');
  });

  test('QTA-10: devices of a customer that is deleted are not counted with it', async () => {
    await start();
    bench.registry.putQuotas(A, { messagesPerSecond: 0 });
    const a1 = bench.connect('a1');
    bench.registry.deleteCustomer(CUSTOMER_A);
    expect(ask(a1, 3)).toEqual(times(3, 'ok'));
  });

  test('QTA-10: what changes while a device is looked up holds for its session', async () => {
    const { options, answers } = withSlowQuotas();
    await start(options);
    const connecting = bench.connectAsync('a1');
    await Promise.resolve();
    bench.registry.putQuotas(A1, { messagesPerSecond: 0 });
    bench.registry.putQuotas(A, { messagesInFlight: 1 });
    await settle(answers);
    const a1 = await connecting;
    await settle(answers);
    expect(ask(a1, 1)).toEqual(['limited']);
  });

  test('QTA-10: a session whose credentials are replaced while its quotas are read does not open with the old ones', async () => {
    const { options, answers } = withSlowQuotas();
    await start(options);
    const connecting = Promise.resolve(bench.open('a1', new FakeLink()));
    await Promise.resolve();
    bench.registry.revokeCredentials(DEVICES.a1);
    await settle(answers);
    expect(await connecting).toBeUndefined();
  });
});

describe('a registry that cannot say', () => {
  test('QTA-11: nobody connects without quotas that are known, and the next one tries again', async () => {
    const { options, answers, failing } = withSlowQuotas();
    await start(options);
    failing.on = true;
    await expect(bench.connectAsync('a1')).rejects.toThrow('The database is down');
    failing.on = false;
    const connecting = bench.connectAsync('a1');
    await settle(answers);
    expect(ask(await connecting, 1)).toEqual(['ok']);
  });

  test('QTA-11: after a change what held goes on, and is read again every second', async () => {
    const { options, answers, failing } = withSlowQuotas();
    await start(options);
    const connecting = bench.connectAsync('a1');
    await settle(answers);
    const a1 = await connecting;
    await settle(answers);
    failing.on = true;
    bench.registry.putQuotas(A, { messagesPerSecond: 0 });
    bench.registry.putQuotas(A1, { messagesInFlight: 0 });
    await bench.timers.advanceAsync(0);
    bench.timers.advance(3_000);
    await bench.timers.advanceAsync(0);
    expect(ask(a1, 1)).toEqual(['ok']);
    failing.on = false;
    bench.timers.advance(1_000);
    await settle(answers);
    expect(ask(a1, 1)).toEqual(['limited']);
    bench.registry.putQuotas(A, {});
    await settle(answers);
    expect(ask(a1, 1)).toEqual(['limited']);
  });
});

describe('what is kept', () => {
  test('QTA-12: a customer that has said nothing for an hour begins anew', async () => {
    await start();
    const usage = (): unknown => bench.host.control.statistics().customers;
    const a1 = bench.connect('a1');
    ask(a1, 3);
    expect(usage()).toEqual([{ tenantId: TENANT, customerId: CUSTOMER_A, requests: 3, sessions: 1 }]);
    bench.timers.advance(7_200_000);
    expect(usage()).toHaveLength(1);
    a1.session.close();
    bench.timers.advance(3_599_000);
    expect(usage()).toEqual([{ tenantId: TENANT, customerId: CUSTOMER_A, requests: 3, sessions: 0 }]);
    bench.timers.advance(1_000);
    expect(usage()).toEqual([]);
  });

  test('QTA-12: requests over a quota are counted for their customer', async () => {
    await start();
    bench.registry.putQuotas(A, { messagesPerSecond: 1 });
    ask(bench.connect('a1'), 4);
    expect(bench.host.control.statistics().customers).toMatchObject([{ requests: 4 }]);
  });
});
