import { settle } from '@device-messaging/testkit';
import { describe, expect, test } from '@jest/globals';
import { CON, NON } from '../spec-support/packet.js';
import { ATTRIBUTES, call, RPC, Stage } from '../spec-support/stage.js';

const IDLE_MS = 5 * 60_000;

describe('a device that observes', () => {
  test('COAP-20: is told so without a payload, then gets the calls that waited', () => {
    const stage = new Stage();
    const device = stage.verified();
    stage.host.verdict = (open) => {
      const session = open();
      stage.session.onListen = () => void call(stage.session, 7, '{"a":1.10}');
      return session;
    };
    const [welcome, notification, ...more] = device.tell({ code: 'GET', path: RPC, observe: 0, token: 'o', id: 9 });
    expect(more).toEqual([]);
    expect(welcome).toMatchObject({ type: 'ACK', id: 9, token: 'o', code: '2.05', format: 50, payload: '' });
    expect(notification).toMatchObject({ type: CON, token: 'o', code: '2.05', format: 50, etag: expect.any(String) });
    expect(notification!.payload).toBe('{"id":7,"method":"onMsg","params":{"a":1.10}}');
    expect(notification!.observe).toBeGreaterThan(welcome!.observe!);
    expect([stage.transport.observerCount, stage.host.openSessions]).toEqual([1, 1]);
  });

  test('COAP-20: may do so with a non-confirmable request, and when the look-up takes its time', async () => {
    const stage = new Stage();
    const device = stage.device();
    stage.host.verdict = (open) => Promise.resolve().then(open);
    expect(device.tell({ type: NON, code: 'GET', path: RPC, observe: 0, token: 'o' })).toEqual([]);
    await settle();
    expect(device.only()).toMatchObject({ type: NON, token: 'o', code: '2.05', observe: expect.any(Number) });
    expect(stage.session.isListening).toBe(true);
  });

  test('COAP-21: gets every call as a notification of its own, with an ETag and a sequence of its own', () => {
    const { device, session } = new Stage().observer();
    const notifications = [1, 2, 3].map((id) => {
      expect(call(session, id, String(id))).toBe('unconfirmed');
      const notification = device.only();
      device.acknowledge(notification);
      return notification;
    });
    expect(notifications.map(({ payload }) => payload)).toEqual(
      [1, 2, 3].map((id) => `{"id":${id},"method":"onMsg","params":${id}}`),
    );
    expect(new Set(notifications.map(({ etag }) => etag)).size).toBe(3);
    const sequence = notifications.map(({ observe }) => observe!);
    expect(sequence.toSorted((a, b) => a - b)).toEqual(sequence);
    expect(new Set(sequence).size).toBe(3);
  });

  test('COAP-22: takes one call at a time, the next one when it acknowledged the last', () => {
    const { device, session } = new Stage().observer();
    expect(call(session, 1)).toBe('unconfirmed');
    expect(call(session, 2)).toBe('busy');
    const notification = device.only();
    expect([session.confirmed, session.resumed]).toEqual([[], 0]);
    session.onResume = () => {
      expect(session.confirmed).toEqual([1]);
      expect(call(session, 2)).toBe('unconfirmed');
    };
    expect(device.acknowledge(notification)).toMatchObject([{ type: CON, code: '2.05' }]);
    // A copy of the acknowledgement confirms nothing more.
    device.acknowledge(notification);
    expect([session.confirmed, session.resumed, session.failed]).toEqual([[1], 1, []]);
  });

  test('COAP-22: has the call to which it replies, even if its acknowledgement was lost', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    device.get('api/v1/token2/rpc', { observe: 0, token: 'other' });
    const other = stage.session;
    for (const observing of [session, other]) expect(call(observing, 5)).toBe('unconfirmed');
    device.take();
    stage.host.replyOutcome = () => false;
    device.post(`${RPC}/5`, '1');
    stage.device().post(`${RPC}/5`, '1');
    device.post(`${RPC}/6`, '1');
    expect(session.confirmed).toEqual([]);
    stage.host.replyOutcome = () => true;
    stage.device().post(`${RPC}/5`, '1');
    device.post(`${RPC}/6`, '1');
    expect(session.confirmed).toEqual([]);
    device.post(`${RPC}/5`, '1');
    expect([session.confirmed, session.resumed, other.confirmed]).toEqual([[5], 1, []]);
    other.sink.close('DEVICE_DELETED');
    device.acknowledge(device.only());
    stage.advance(100_000);
    expect([device.take(), session.closed]).toEqual([[], 0]);
  });

  test('COAP-23: ends it with RST; the call was not handed over', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    call(session, 1);
    const steps: string[] = [];
    // It must not be offered again where it failed.
    session.unlisten = () => void steps.push('unlisten');
    session.fail = (id) => void steps.push(`fail ${id}`);
    expect(device.reset(device.only())).toEqual([]);
    expect(steps).toEqual(['unlisten', 'fail 1']);
    expect([session.confirmed, session.closed]).toEqual([[], 1]);
    expect(stage.transport.observerCount).toBe(0);
    expect(call(session, 2)).toBe('busy');
  });

  test('COAP-23: that does not acknowledge has ended it after the last retransmission', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    call(session, 1);
    const first = device.only();
    stage.advance(2_000 * 15);
    const copies = device.take();
    expect(copies.length).toBeGreaterThanOrEqual(3);
    for (const copy of copies) expect(copy).toEqual(first);
    expect([session.failed, session.closed]).toEqual([[], 0]);
    stage.advance(3_000 * 31 - 2_000 * 15);
    expect(device.take().length + copies.length).toBe(4);
    expect([session.failed, session.closed]).toEqual([[1], 1]);
    expect(stage.transport.observerCount).toBe(0);
  });

  test('COAP-23: that acknowledges a later copy has the call', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    call(session, 1);
    device.take();
    stage.advance(3_000);
    device.acknowledge(device.only());
    expect(session.confirmed).toEqual([1]);
    stage.advance(100_000);
    expect(device.take()).toEqual([]);
  });

  test('COAP-24: gets no copy after the deadline of a call; it is asked for a sign of life instead', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    call(session, 1, '{}', stage.host.timers.now() + 5_000);
    stage.advance(4_999);
    for (const { code } of device.take()) expect(code).toBe('2.05');
    expect(session.failed).toEqual([]);
    stage.advance(1);
    const ping = device.only();
    expect(ping).toMatchObject({ type: CON, code: '0.00', length: 4 });
    expect([session.failed, session.closed]).toEqual([[1], 0]);
    expect(call(session, 2)).toBe('busy');
    device.reset(ping);
    expect([session.resumed, session.closed]).toEqual([1, 0]);
    expect(call(session, 2)).toBe('unconfirmed');
  });

  test('COAP-25: may say so again with the same token, as often as it likes', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    const again = device.observe('obs');
    expect(again).toMatchObject({ type: 'ACK', code: '2.05', observe: expect.any(Number), payload: '' });
    expect([stage.transport.observerCount, stage.host.openSessions, session.closed]).toEqual([1, 1, 0]);
    expect(call(session, 1)).toBe('unconfirmed');
    expect(device.only().token).toBe('obs');
  });

  test('COAP-25: observes twice with two tokens, and with the same token of two endpoints', () => {
    const stage = new Stage();
    const { device } = stage.observer();
    device.observe('other');
    const elsewhere = stage.device();
    elsewhere.observe('obs');
    expect([stage.transport.observerCount, stage.host.openSessions]).toEqual([3, 3]);
    for (const session of stage.host.sessions) call(session, 1);
    expect(device.take().map(({ token }) => token)).toEqual(['obs', 'other']);
    expect(elsewhere.only().token).toBe('obs');
  });

  test('COAP-25: observes as another device with the same token: the first observation ends', async () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    device.get('api/v1/token2/rpc', { observe: 0, token: 'obs' });
    expect([session.closed, stage.session.deviceId, stage.transport.observerCount]).toEqual([1, 'token2', 1]);
    stage.host.verdict = (open) => Promise.resolve().then(open);
    for (const token of ['token3', 'token4']) {
      device.tell({ code: 'GET', path: `api/v1/${token}/rpc`, observe: 0, token: 'obs' });
    }
    await settle();
    expect([stage.transport.observerCount, stage.host.openSessions, stage.session.deviceId]).toEqual([1, 1, 'token4']);
  });

  test('COAP-25: may say so twice before it is known', async () => {
    const stage = new Stage();
    const device = stage.device();
    stage.host.verdict = (open) => Promise.resolve().then(open);
    for (let time = 0; time < 2; time += 1) device.tell({ code: 'GET', path: RPC, observe: 0, token: 'obs' });
    await settle();
    expect(device.take().map(({ code }) => code)).toEqual(['2.05', '2.05']);
    expect([stage.transport.observerCount, stage.host.openSessions]).toEqual([1, 1]);
    expect(stage.host.sessions.map(({ isListening }) => isListening)).toEqual([true, false]);
  });

  test('COAP-25: keeps its observation when another device with its token is unknown', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    expect(device.get('api/v1/nobody/rpc', { observe: 0, token: 'obs' }).code).toBe('4.01');
    expect(session.closed).toBe(0);
  });

  test('COAP-25: ends it with Observe 1, whatever is under way', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    call(session, 1);
    const notification = device.only();
    expect(device.get(RPC, { observe: 1, token: 'obs' })).toMatchObject({ code: '2.05', payload: '' });
    expect([session.failed, session.closed, stage.transport.observerCount]).toEqual([[1], 1, 0]);
    device.acknowledge(notification);
    stage.advance(100_000);
    expect(device.take()).toEqual([]);
    expect(session.confirmed).toEqual([]);
    expect(device.get(RPC, { observe: 1, token: 'obs' })).toMatchObject({ code: '2.05', payload: '' });
    expect(stage.host.openSessions).toBe(0);
  });

  test('COAP-26: is asked for a sign of life when it was silent for 5 minutes; RST is one', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    for (let round = 1; round <= 3; round += 1) {
      stage.advance(IDLE_MS - 1);
      expect(device.take()).toEqual([]);
      stage.advance(1);
      const ping = device.only();
      expect(ping).toMatchObject({ type: CON, code: '0.00', token: '', length: 4 });
      expect(call(session, round)).toBe('busy');
      device.reset(ping);
      expect(session.resumed).toBe(round);
    }
    expect(session.closed).toBe(0);
  });

  test('COAP-26: has shown that it lives when it acknowledged a call', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    stage.advance(IDLE_MS - 1_000);
    call(session, 1);
    device.acknowledge(device.only());
    stage.advance(IDLE_MS - 1);
    expect(device.take()).toEqual([]);
    stage.advance(1);
    expect(device.only()).toMatchObject({ type: CON, code: '0.00' });
  });

  test('COAP-26: is forgotten when it gives none', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    stage.advance(IDLE_MS + 3_000 * 31);
    expect(device.take()).toHaveLength(5);
    expect([session.closed, stage.transport.observerCount]).toEqual([1, 0]);
    stage.advance(IDLE_MS);
    expect([stage.transport.endpointCount, stage.host.timers.pending]).toEqual([0, 0]);
  });

  test.each([
    ['CREDENTIALS_REVOKED', '4.01', CON],
    ['DEVICE_DELETED', '4.01', CON],
    ['HOST_STOPPING', '5.03', NON],
  ] as const)('COAP-27: hears a last notification when its session ends: %s', (reason, code, type) => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    call(session, 1);
    device.take();
    session.sink.close(reason);
    const last = device.only();
    expect(last).toMatchObject({ type, code, token: 'obs' });
    expect(last.observe).toBeUndefined();
    expect(stage.transport.observerCount).toBe(0);
    session.sink.close(reason);
    if (type === CON) device.acknowledge(last);
    stage.advance(100_000);
    expect(device.take()).toEqual([]);
    expect(stage.host.openSessions).toBe(0);
  });

  test('COAP-27: whose session ends before it was told that it observes is told that instead', async () => {
    const stage = new Stage();
    const device = stage.device();
    stage.host.verdict = (open) => {
      const session = open();
      return Promise.resolve().then(() => {
        stage.session.sink.close('CREDENTIALS_REVOKED');
        return session;
      });
    };
    device.tell({ code: 'GET', path: RPC, observe: 0 });
    await settle();
    expect(device.only().code).toBe('4.01');
    expect([stage.transport.observerCount, stage.host.openSessions]).toEqual([0, 0]);
  });

  test('COAP-28: has to say that it does', () => {
    const stage = new Stage();
    const device = stage.device();
    for (const observe of [undefined, 2, 0xffffff]) {
      const refused = device.get(RPC, observe === undefined ? {} : { observe });
      expect(refused).toMatchObject({ code: '4.00', format: 50 });
      expect(refused.payload).toMatch(/^\{"error":"Invalid request: .*Observe.*"\}$/);
    }
    expect(stage.host.credentials).toEqual([]);
    // Elsewhere the option means nothing (RFC 7641 section 4.1).
    expect(device.get(ATTRIBUTES, { observe: 0 })).not.toHaveProperty('observe');
  });

  test('COAP-29: gets 5.03 when there are too many, of its endpoint or at all', () => {
    const stage = new Stage({ maxObserversPerEndpoint: 2, maxObservers: 3 });
    const [one, other] = [stage.device(), stage.device()];
    expect(['a', 'b', 'c'].map((token) => one.observe(token).code)).toEqual(['2.05', '2.05', '5.03']);
    expect(['a', 'b'].map((token) => other.observe(token).code)).toEqual(['2.05', '5.03']);
    expect(one.observe('a').code).toBe('2.05');
    one.get(RPC, { observe: 1, token: 'a' });
    expect(other.observe('b').code).toBe('2.05');
  });

  test('COAP-29: counts when its look-up is over, so that slow ones do not exceed the limit', async () => {
    const stage = new Stage({ maxObservers: 2 });
    stage.host.verdict = (open) => Promise.resolve().then(open);
    const device = stage.device();
    for (const token of ['a', 'b', 'c']) device.tell({ code: 'GET', path: RPC, observe: 0, token });
    await settle();
    expect(device.take().map(({ code }) => code)).toEqual(['2.05', '2.05', '5.03']);
    expect([stage.transport.observerCount, stage.host.openSessions]).toEqual([2, 2]);
  });
});
