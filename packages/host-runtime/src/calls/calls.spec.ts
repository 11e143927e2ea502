import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { settle } from '@device-messaging/testkit';
import fc from 'fast-check';
import type { FakeLink } from '../spec-support/fake-link.js';
import { CUSTOMER_B, DEVICES, digestOf, HostBench, NOTHING_ALIVE } from '../spec-support/host-bench.js';

const NO_CONNECTION = '{"error":"No active connection to the remote device!"}';
const TIMEOUT = '{"error":"Timeout while waiting response from device!"}';
const NOT_ALLOWED =
  '{"error":"This action is not allowed! Devices are unassigned or assigned to different customers!"}';

let bench: HostBench;
let a1: FakeLink;

function call(from: FakeLink, to: keyof typeof DEVICES, more: object = {}): number {
  return from.ask('call', { to: DEVICES[to], body: 1, ...more });
}

beforeEach(async () => {
  bench = await HostBench.start();
  a1 = bench.connect('a1');
});

afterEach(async () => {
  await bench.host.stop({ drainTimeoutMs: 0 });
  expect(bench.alive()).toEqual(NOTHING_ALIVE);
  expect(bench.timers.pending).toBe(0);
});

describe('server-side RPC', () => {
  test('RPC-5: body and reply travel byte for byte', () => {
    const a2 = bench.connect('a2', { listen: true });
    const body = '{"n":12345678901234567890,"f":1.10,"z":-0,"e":1e400, "a":[1 , 2],"a":"\\u0041"}';
    const ref = a1.askRaw(`{"method":"call","params":{"to":"${DEVICES.a2}","body":${body}}}`);
    expect(a2.calls[0]).toMatchObject({ method: 'onMsg', params: body });
    a2.reply(` ${body}\n`);
    expect(a1.answerTo(ref)).toBe(` ${body}\n`);
  });

  test('RPC-5: any JSON travels verbatim, in any white space', () => {
    const a2 = bench.connect('a2', { listen: true });
    fc.assert(
      fc.property(
        fc.json({ stringUnit: 'binary' }),
        fc.nat(4),
        fc.constantFrom('', ' ', '\n\t'),
        (json, indent, space) => {
          const body = indent === 0 ? json : JSON.stringify(JSON.parse(json), null, indent);
          const ref = a1.askRaw(`{"method":"call","params":{"to":"${DEVICES.a2}","body":${space}${body}${space}}}`);
          expect(a2.calls.at(-1)?.params).toBe(body);
          a2.reply(space + body);
          expect(a1.answerTo(ref)).toBe(space + body);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('CALL-1: every listening session gets it once, the first reply wins', () => {
    const links = [1, 2, 3].map(() => bench.connect('a2', { listen: true }));
    const deaf = bench.connect('a2');
    const ref = call(a1, 'a2');
    expect(links.map((link) => link.calls.length)).toEqual([1, 1, 1]);
    expect(deaf.calls).toEqual([]);
    expect(links[1]!.reply('"one"')).toBe(true);
    expect(links[0]!.reply('"two"')).toBe(false);
    expect(a1.answerTo(ref)).toBe('"one"');
    expect(bench.host.control.statistics().droppedReplies).toBe(1);
  });

  test('CALL-1: a reply may come on a session that was not handed the call', () => {
    const a2 = bench.connect('a2', { listen: true });
    const other = bench.connect('a2');
    const ref = call(a1, 'a2');
    expect(other.reply('"here"', a2.calls[0]!.id)).toBe(true);
    expect(a1.answerTo(ref)).toBe('"here"');
  });

  test('CALL-2: a call that was handed over is not handed to a session that comes later', () => {
    const first = bench.connect('a2', { listen: true });
    const ref = call(a1, 'a2');
    first.session.close();
    const second = bench.connect('a2', { listen: true });
    expect(second.calls).toEqual([]);
    bench.timers.advance(1010);
    expect(a1.answerTo(ref)).toBe(TIMEOUT);
  });

  test('CALL-3: nobody took it, or nobody replied: each has its text, at the deadline', () => {
    const absent = call(a1, 'a3');
    bench.connect('a2', { listen: true });
    const silent = call(a1, 'a2');
    bench.timers.advance(999);
    expect([a1.answerTo(absent), a1.answerTo(silent)]).toEqual([undefined, undefined]);
    bench.timers.advance(11);
    expect([a1.answerTo(absent), a1.answerTo(silent)]).toEqual([NO_CONNECTION, TIMEOUT]);
  });

  test('CALL-4, MSG-35: nothing is handed over at its deadline, even when its timer is late', () => {
    const ref = call(a1, 'a2');
    // The clock stands at the deadline and the timer has not run yet.
    const deadline = bench.timers.now() + 1000;
    let late: FakeLink | undefined;
    bench.timers.after(1000, () => {
      expect(bench.timers.now()).toBe(deadline);
      late = bench.connect('a2', { listen: true });
    });
    bench.timers.advance(1000);
    expect(late?.calls).toEqual([]);
    expect(a1.answerTo(ref)).toBe(NO_CONNECTION);
  });

  test('CALL-4: the expiry of the request bounds the deadline', () => {
    const ref = a1.ask('call', { to: DEVICES.a2 }, { expiresAt: bench.timers.now() + 200 });
    bench.timers.advance(210);
    expect(a1.answerTo(ref)).toBe(NO_CONNECTION);
  });

  test('CALL-5: one-way is answered with null once a session took it', () => {
    const waiting = call(a1, 'a2', { oneway: true });
    expect(a1.answerTo(waiting)).toBeUndefined();
    const a2 = bench.connect('a2', { listen: true });
    expect(a1.answerTo(waiting)).toBe('null');
    expect(a1.answerTo(call(a1, 'a2', { oneway: true }))).toBe('null');
    expect(a2.calls).toHaveLength(2);
    expect(a2.reply('1')).toBe(false);
  });

  test('CALL-6: offline "fail" does not wait for a device that is away, but for one that is busy', () => {
    expect(a1.answerTo(call(a1, 'a2', { offline: 'fail' }))).toBe(NO_CONNECTION);
    const a2 = bench.connect('a2', { listen: true });
    a2.delivery = 'busy';
    const ref = call(a1, 'a2', { offline: 'fail' });
    expect(a1.answerTo(ref)).toBeUndefined();
    a2.delivery = 'handed';
    a2.session.resume();
    a2.reply('2');
    expect(a1.answerTo(ref)).toBe('2');
  });

  test('CALL-7: what waits is handed over in the order of the requests, before what comes later', () => {
    for (let body = 0; body < 5; body++) call(a1, 'a2', { body });
    const a2 = bench.connect('a2', { listen: true });
    call(a1, 'a2', { body: 5 });
    expect(a2.calls.map(({ params }) => params)).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  test('CALL-7: also when the security rule takes its time, differently for each', async () => {
    const release: (() => void)[] = [];
    bench.script.authorize = () => new Promise((resolve) => release.push(() => resolve({ allowed: true })));
    const a2 = bench.connect('a2', { listen: true });
    for (let body = 0; body < 3; body++) call(a1, 'a2', { body });
    release[2]!();
    await settle();
    release[1]!();
    await settle();
    expect(a2.calls).toEqual([]);
    release[0]!();
    await settle();
    expect(a2.calls.map(({ params }) => params)).toEqual(['0', '1', '2']);
  });

  test('CALL-8: the rule is asked again before a hand-over, on fresh rows', () => {
    const ref = call(a1, 'a2');
    const asked: unknown[] = [];
    bench.script.authorize = (caller, target) => {
      asked.push([caller.customerId, target.customerId]);
      return { allowed: false, reason: 'changed its mind' };
    };
    const a2 = bench.connect('a2', { listen: true });
    expect(asked).toHaveLength(1);
    expect(a2.calls).toEqual([]);
    expect(a1.answerTo(ref)).toBe(NOT_ALLOWED);
  });

  test.each(['a1', 'a2'] as const)('CALL-8: a waiting call is refused at once when %s changes customer', (moved) => {
    const ref = call(a1, 'a2');
    bench.registry.assignDevice(DEVICES[moved], CUSTOMER_B);
    expect(a1.answerTo(ref)).toBe(NOT_ALLOWED);
  });

  test('CALL-8: a waiting call is refused when its target is deleted', () => {
    const ref = call(a1, 'a2');
    bench.registry.deleteDevice(DEVICES.a2);
    expect(a1.answerTo(ref)).toBe('{"error":"Target device not found!"}');
  });

  test('CALL-8: a call that was handed over finishes whatever changes', () => {
    const a2 = bench.connect('a2', { listen: true });
    const ref = call(a1, 'a2');
    bench.registry.assignDevice(DEVICES.a2, undefined);
    expect(a2.reply('"done"')).toBe(true);
    expect(a1.answerTo(ref)).toBe('"done"');
  });

  test('CALL-8: a change while the rule thinks makes it think again', async () => {
    const decide: ((allowed: boolean) => void)[] = [];
    bench.script.authorize = () =>
      new Promise((resolve) => decide.push((allowed) => resolve(allowed ? { allowed } : { allowed, reason: 'no' })));
    const a2 = bench.connect('a2', { listen: true });
    const ref = call(a1, 'a2');
    bench.registry.assignDevice(DEVICES.a2, CUSTOMER_B);
    decide[0]!(true);
    await settle();
    expect(a2.calls).toEqual([]);
    decide[1]!(false);
    await settle();
    expect(a1.answerTo(ref)).toBe(NOT_ALLOWED);
  });

  test('CALL-9: a security rule that throws, rejects or hangs refuses', async () => {
    const a2 = bench.connect('a2', { listen: true });
    bench.script.authorize = () => {
      throw new Error('broken');
    };
    const thrown = call(a1, 'a2');
    bench.script.authorize = () => Promise.reject(new Error('broken'));
    const rejected = call(a1, 'a2');
    bench.script.authorize = () => new Promise(() => undefined);
    const hanging = call(a1, 'a2', { timeout: 60_000 });
    await bench.timers.advanceAsync(10_010);
    const internal = '{"error":"Internal server error!"}';
    expect([thrown, rejected, hanging].map((ref) => a1.answerTo(ref))).toEqual([internal, internal, internal]);
    expect(a2.calls).toEqual([]);
  });

  test('CALL-10: a device cannot reply for another, nor to what it was not handed', () => {
    const a2 = bench.connect('a2', { listen: true });
    const ref = call(a1, 'a2');
    const { id } = a2.calls[0]!;
    const b1 = bench.connect('b1');
    expect(b1.reply('"stolen"', id)).toBe(false);
    expect(a2.reply('"x"', (id + 1) % 2 ** 31)).toBe(false);
    a2.session.unlisten();
    const waiting = call(a1, 'a2');
    expect(a2.reply('"guessed"', id + 1)).toBe(false);
    expect(a1.answerTo(waiting)).toBeUndefined();
    expect(a2.reply('"mine"', id)).toBe(true);
    expect(a1.answerTo(ref)).toBe('"mine"');
  });

  test.each(['', 'nonsense', '{"a":', '\ufeff1'])('CALL-10: a reply that is not JSON (%j) is told as such', (reply) => {
    const a2 = bench.connect('a2', { listen: true });
    const ref = call(a1, 'a2');
    expect(a2.reply(reply)).toBe(true);
    expect(a1.answerTo(ref)).toBe('{"error":"Invalid response from the remote device!"}');
  });

  test('CALL-11: at most 1,000 calls wait for a device', () => {
    const refs = Array.from({ length: 1001 }, () => call(a1, 'a2'));
    expect(a1.answerTo(refs[999]!)).toBeUndefined();
    expect(a1.answerTo(refs[1000]!)).toBe('{"error":"Too many messages are waiting for this device!"}');
    expect(bench.alive()).toMatchObject({ waitingCalls: 1000, pendingCalls: 1000 });
    bench.timers.advance(1010);
    expect(bench.alive()).toMatchObject({ waitingCalls: 0, pendingCalls: 0, deadlines: 0 });
  });

  test('CALL-12: too large for every listening session is told; one that can take it suffices', () => {
    const small = bench.connect('a2', { listen: true });
    small.delivery = 'too-large';
    expect(a1.answerTo(call(a1, 'a2'))).toBe('{"error":"The message is too large for this connection!"}');
    const large = bench.connect('a2', { listen: true });
    const ref = call(a1, 'a2');
    large.reply('1');
    expect(a1.answerTo(ref)).toBe('1');
  });

  test('CALL-13: a busy session is handed nothing until it resumes, then in order', () => {
    const a2 = bench.connect('a2', { listen: true });
    a2.delivery = 'busy';
    for (let body = 0; body < 3; body++) call(a1, 'a2', { body });
    a2.delivery = 'handed';
    call(a1, 'a2', { body: 3 });
    expect(a2.calls).toEqual([]);
    a2.session.resume();
    expect(a2.calls.map(({ params }) => params)).toEqual(['0', '1', '2', '3']);
  });

  test('CALL-13: a session that turns busy in the middle gets the rest later', () => {
    for (let body = 0; body < 4; body++) call(a1, 'a2', { body });
    const a2 = bench.connect('a2');
    a2.onCall = () => {
      if (a2.calls.length === 2) a2.delivery = 'busy';
    };
    a2.session.listen();
    expect(a2.calls).toHaveLength(2);
    a2.onCall = undefined;
    a2.delivery = 'handed';
    a2.session.resume();
    expect(a2.calls.map(({ params }) => params)).toEqual(['0', '1', '2', '3']);
  });

  test('CALL-14: an unconfirmed call that certainly failed waits again, at the head', () => {
    const a2 = bench.connect('a2', { listen: true });
    a2.delivery = 'unconfirmed';
    const ref = call(a1, 'a2', { body: 0 });
    a2.session.unlisten();
    call(a1, 'a2', { body: 1 });
    a2.session.fail(a2.calls[0]!.id);
    expect(a1.answerTo(ref)).toBeUndefined();
    a2.delivery = 'handed';
    a2.session.listen();
    expect(a2.calls.map(({ params }) => params)).toEqual(['0', '0', '1']);
  });

  test('CALL-14: an unconfirmed one-way call is answered when it is confirmed, and in doubt it timed out', () => {
    const a2 = bench.connect('a2', { listen: true });
    a2.delivery = 'unconfirmed';
    const confirmed = call(a1, 'a2', { oneway: true });
    a2.session.confirm(a2.calls[0]!.id);
    expect(a1.answerTo(confirmed)).toBe('null');
    const doubtful = call(a1, 'a2', { oneway: true });
    a2.session.close();
    bench.connect('a2', { listen: true });
    bench.timers.advance(1010);
    expect(a1.answerTo(doubtful)).toBe(TIMEOUT);
  });

  test('CALL-15: what a revoked or deleted caller left waiting is not delivered', () => {
    const a3 = bench.connect('a3');
    call(a1, 'a2', { body: '"a1"' });
    call(a3, 'a2', { body: '"a3"' });
    bench.registry.revokeCredentials(DEVICES.a1);
    bench.registry.deleteDevice(DEVICES.a3);
    expect([a1.closedBy, a3.closedBy]).toEqual(['CREDENTIALS_REVOKED', 'DEVICE_DELETED']);
    expect(bench.connect('a2', { listen: true }).calls).toEqual([]);
    bench.registry.setCredentials(DEVICES.a1, 'ACCESS_TOKEN', digestOf('a1'));
  });

  test('CALL-15, RPC-10: what a caller that merely left had asked is delivered, its answer dropped and counted', () => {
    call(a1, 'a2', { body: 5 });
    a1.session.close();
    const a2 = bench.connect('a2', { listen: true });
    expect(a2.calls).toHaveLength(1);
    expect(a2.reply('1')).toBe(true);
    expect(bench.host.control.statistics().droppedAnswers).toBe(1);
  });

  test('CALL-16: ids are 31 bits without sign, and no two calls under way share one', () => {
    const a2 = bench.connect('a2', { listen: true });
    for (let body = 0; body < 500; body++) call(a1, 'a2', { body });
    const ids = a2.calls.map(({ id }) => id);
    expect(new Set(ids).size).toBe(500);
    for (const id of ids) {
      expect(Number.isInteger(id)).toBe(true);
      expect(id).toBeGreaterThanOrEqual(0);
      expect(id).toBeLessThan(2 ** 31);
    }
  });

  test('a device may call itself, and reply within the hand-over', () => {
    a1.session.listen();
    a1.onCall = ({ id }) => expect(a1.session.reply(id, Buffer.from('"me"'))).toBe(true);
    expect(a1.answerTo(call(a1, 'a1'))).toBe('"me"');
  });

  test('a device of another tenant does not exist', () => {
    bench.connect('foreign', { listen: true });
    expect(a1.answerTo(call(a1, 'foreign'))).toBe('{"error":"Target device not found!"}');
    expect(a1.answerTo(call(a1, 'free'))).toBe(NOT_ALLOWED);
  });

  test('a transport that throws while it is handed a call counts as having taken it', () => {
    const a2 = bench.connect('a2', { listen: true });
    a2.onCall = () => {
      throw new Error('broken transport');
    };
    const ref = call(a1, 'a2');
    bench.timers.advance(1010);
    expect(a1.answerTo(ref)).toBe(TIMEOUT);
    expect(bench.errors()).toContain('A transport failed');
  });
});
