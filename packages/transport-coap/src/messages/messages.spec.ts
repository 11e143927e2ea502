import { describe, expect, test } from '@jest/globals';
import { encode, ACK, CON, NON, RST } from '../spec-support/packet.js';
import { ATTRIBUTES, call, RPC, Stage, type Device } from '../spec-support/stage.js';

const REQUEST = { code: 'POST', path: RPC, payload: '{"method":"x"}' } as const;
const EXCHANGE_LIFETIME_MS = 247_000;
const NON_LIFETIME_MS = 145_000;

/** When messages came, ms after the test began to look. */
function arrivals(stage: Stage, device: Device, ms: number): number[] {
  const times: number[] = [];
  for (let at = 10; at <= ms; at += 10) {
    stage.advance(10);
    for (const _ of device.take()) times.push(at);
  }
  return times;
}

describe('a copy of a message', () => {
  test('COAP-14: gets the same reply as the first, and is not handled again', () => {
    const stage = new Stage();
    stage.host.onRequest = (session) => session.answer(0, `${stage.host.sessions.length}`);
    const device = stage.device();
    const first = device.ask({ ...REQUEST, id: 5, token: 'a' });
    expect(device.ask({ ...REQUEST, id: 5, token: 'a' })).toEqual(first);
    stage.advance(EXCHANGE_LIFETIME_MS - 1);
    expect(device.ask({ ...REQUEST, id: 5, token: 'a' })).toEqual(first);
    expect(stage.host.sessions).toHaveLength(1);
    stage.advance(1);
    expect(device.ask({ ...REQUEST, id: 5, token: 'a' }).payload).toBe('2');
  });

  test('COAP-14: waits for the reply of the first one while there is none', () => {
    const stage = new Stage();
    const device = stage.device();
    expect(device.tell({ ...REQUEST, id: 5 })).toEqual([]);
    expect(device.tell({ ...REQUEST, id: 5 })).toEqual([]);
    stage.answer();
    expect(device.only().code).toBe('2.05');
    expect(stage.host.sessions).toHaveLength(1);
  });

  test('COAP-14: of a request that was answered separately is acknowledged again', () => {
    const stage = new Stage();
    const device = stage.device();
    device.tell({ ...REQUEST, id: 5 });
    stage.advance(100);
    const acknowledgement = device.only();
    expect(device.ask({ ...REQUEST, id: 5 })).toEqual(acknowledgement);
    stage.answer();
    device.acknowledge(device.only());
    expect(device.ask({ ...REQUEST, id: 5 })).toEqual(acknowledgement);
  });

  test('COAP-14: of a non-confirmable message is ignored, for 145 s', () => {
    const stage = new Stage();
    stage.host.onRequest = (session) => session.answer(0, '1');
    const device = stage.device();
    const copy = { ...REQUEST, type: NON, id: 5 } as const;
    expect(device.ask(copy)).toMatchObject({ type: NON, code: '2.05' });
    expect(device.tell(copy)).toEqual([]);
    stage.advance(NON_LIFETIME_MS - 1);
    expect(device.tell(copy)).toEqual([]);
    stage.advance(1);
    expect(device.ask(copy)).toMatchObject({ type: NON, code: '2.05' });
    expect(stage.host.sessions).toHaveLength(2);
  });

  test('COAP-14: is told by its endpoint, too', () => {
    const stage = new Stage();
    stage.host.onRequest = (session) => session.answer(0, '1');
    const [one, other] = [stage.device(), stage.device()];
    one.ask({ ...REQUEST, id: 5 });
    other.ask({ ...REQUEST, id: 5 });
    expect(stage.host.sessions).toHaveLength(2);
  });

  test('COAP-19: is handled again once its endpoint has sent more messages than are remembered', () => {
    const stage = new Stage({ maxReceiptsPerEndpoint: 3 });
    const [device, other] = [stage.device(), stage.device()];
    other.get(ATTRIBUTES, { id: 1 });
    for (const id of [1, 2, 3, 4]) device.get(ATTRIBUTES, { id });
    const handled = stage.host.sessions.length;
    for (const id of [2, 3, 4]) device.get(ATTRIBUTES, { id });
    other.get(ATTRIBUTES, { id: 1 });
    expect(stage.host.sessions).toHaveLength(handled);
    device.get(ATTRIBUTES, { id: 1 });
    expect(stage.host.sessions).toHaveLength(handled + 1);
  });

  test.each([{ maxReceiptBytes: 65_536 }, { maxReceiptBytesPerEndpoint: 65_536 }])(
    'COAP-19: is handled again once the replies in between took more room than there is: %j',
    (limits) => {
      const stage = new Stage(limits);
      stage.host.onRequest = (session) => session.answer(0, 'x'.repeat(400));
      const device = stage.device();
      for (let id = 0; id < 200; id += 1) device.ask({ ...REQUEST, id });
      device.ask({ ...REQUEST, id: 199 });
      expect(stage.host.sessions).toHaveLength(200);
      device.ask({ ...REQUEST, id: 0 });
      expect(stage.host.sessions).toHaveLength(201);
    },
  );

  test('COAP-19: is handled again once others have sent more messages than are remembered', () => {
    const stage = new Stage({ maxReceipts: 3 });
    const devices = [1, 2, 3, 4].map(() => stage.device());
    for (const device of devices) device.get(ATTRIBUTES, { id: 1 });
    expect(stage.transport.endpointCount).toBe(3);
    for (const device of devices.slice(1)) device.get(ATTRIBUTES, { id: 1 });
    expect(stage.host.sessions).toHaveLength(4);
    devices[0]!.get(ATTRIBUTES, { id: 1 });
    expect(stage.host.sessions).toHaveLength(5);
  });

  test('COAP-19: nothing is known of an endpoint that was silent for 247 s', () => {
    const stage = new Stage();
    const devices = [stage.device(), stage.device()];
    for (const device of devices) device.get(ATTRIBUTES);
    expect(stage.transport.endpointCount).toBe(2);
    stage.advance(EXCHANGE_LIFETIME_MS);
    expect([stage.transport.endpointCount, stage.host.timers.pending]).toEqual([0, 0]);
  });
});

describe('a response', () => {
  test('COAP-15: travels with the acknowledgement when it is ready within 50 ms', () => {
    const stage = new Stage();
    const device = stage.device();
    device.tell({ ...REQUEST, id: 5, token: 'a' });
    stage.advance(49);
    stage.answer();
    expect(device.only()).toMatchObject({ type: ACK, id: 5, token: 'a', code: '2.05' });
    expect(arrivals(stage, device, 100_000)).toEqual([]);
  });

  test('COAP-15: follows an empty acknowledgement when it is not', () => {
    const stage = new Stage();
    const device = stage.device();
    device.tell({ ...REQUEST, id: 5, token: 'a' });
    stage.advance(50);
    expect(device.only()).toMatchObject({ type: ACK, id: 5, token: '', code: '0.00', length: 4 });
    stage.answer();
    const response = device.only();
    expect(response).toMatchObject({ type: CON, token: 'a', code: '2.05', payload: '{"ok":true}' });
    expect(device.acknowledge(response)).toEqual([]);
    expect(arrivals(stage, device, 100_000)).toEqual([]);
  });

  test('COAP-15: to a non-confirmable request is non-confirmable, whenever it is ready', () => {
    const stage = new Stage();
    const device = stage.device();
    device.tell({ ...REQUEST, type: NON, id: 5, token: 'a' });
    stage.advance(5_000);
    expect(device.take()).toEqual([]);
    stage.answer();
    expect(device.only()).toMatchObject({ type: NON, token: 'a', code: '2.05' });
    expect(arrivals(stage, device, 100_000)).toEqual([]);
  });

  test('COAP-16: that nobody acknowledges is sent four times more, ever later, and given up', () => {
    const stage = new Stage();
    const device = stage.verified();
    device.tell({ ...REQUEST });
    stage.advance(50);
    device.take();
    stage.answer();
    const sent = device.only();
    const times: number[] = [];
    for (let at = 10; at <= 100_000; at += 10) {
      stage.advance(10);
      for (const again of device.take()) {
        expect(again).toEqual(sent);
        times.push(at);
      }
    }
    const [first] = times as [number];
    expect(first).toBeGreaterThanOrEqual(2_000);
    expect(first).toBeLessThanOrEqual(3_010);
    expect(times).toHaveLength(4);
    for (const [index, factor] of [1, 3, 7, 15].entries()) {
      expect(Math.abs(times[index]! - factor * first)).toBeLessThanOrEqual(10 * factor);
    }
  });

  test('COAP-16: that is reset, or whose caller has gone, is forgotten', () => {
    const stage = new Stage();
    const device = stage.verified();
    device.tell({ ...REQUEST });
    stage.advance(50);
    device.take();
    stage.answer();
    device.reset(device.only());
    expect(arrivals(stage, device, 100_000)).toEqual([]);
    expect(stage.host.openSessions).toBe(0);
    stage.advance(EXCHANGE_LIFETIME_MS);
    expect([stage.transport.endpointCount, stage.host.timers.pending]).toEqual([0, 0]);
  });
});

describe('a message', () => {
  test('COAP-17: without content is a ping and gets RST', () => {
    const device = new Stage().device();
    expect(device.tell({ type: CON, id: 9 })).toMatchObject([{ type: RST, id: 9, length: 4 }]);
    expect(device.tell({ type: NON, id: 9 })).toEqual([]);
  });

  test.each(['2.05', '4.04', '5.03', '1.01', '6.01', '7.31'])(
    'COAP-17: with code %s gets RST when it is confirmable, else silence',
    (code) => {
      const stage = new Stage();
      const device = stage.device();
      expect(device.tell({ type: CON, code, id: 9, payload: 'x' })).toMatchObject([{ type: RST, id: 9 }]);
      expect(device.tell({ type: NON, code, payload: 'x' })).toEqual([]);
      expect(stage.transport.endpointCount).toBe(0);
    },
  );

  test('COAP-17: of a broken format gets RST when it is confirmable, else silence', () => {
    const device = new Stage().device();
    expect(device.raw(Buffer.from('40020009ff', 'hex'))).toMatchObject([{ type: RST, id: 9 }]);
    expect(device.raw(Buffer.from('4f020009', 'hex'))).toMatchObject([{ type: RST, id: 9 }]);
    for (const type of ['5', '6', '7']) expect(device.raw(Buffer.from(`${type}0020009ff`, 'hex'))).toEqual([]);
    for (const bytes of ['', '40', '400200', '80020009ff', '00020009']) {
      expect(device.raw(Buffer.from(bytes, 'hex'))).toEqual([]);
    }
    expect(device.raw(Buffer.alloc(65_507, 0xff))).toEqual([]);
    expect(device.raw(Buffer.alloc(65_507, 0x40))).toMatchObject([{ type: RST, id: 0x4040 }]);
  });

  test('COAP-17: that acknowledges or resets what was not sent is ignored', () => {
    const stage = new Stage();
    const device = stage.device();
    for (const type of [ACK, RST] as const) {
      expect(device.tell({ type, id: 9 })).toEqual([]);
      expect(device.tell({ type, id: 9, code: '2.05', payload: 'x' })).toEqual([]);
      expect(device.raw(encode({ type, code: 'GET', path: ATTRIBUTES }))).toEqual([]);
    }
    expect(stage.host.sessions).toEqual([]);
  });
});

describe('messages of our own', () => {
  test('COAP-16: have ids that no other has which waits for its acknowledgement', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    call(session, 1);
    const { id } = device.only();
    const ids = new Set<number>();
    for (let count = 0; count < 65_536; count += 1) ids.add(device.get(ATTRIBUTES, { type: NON }).id);
    expect(ids.size).toBe(65_535);
    expect(ids.has(id)).toBe(false);
  });

  test('COAP-1: leave by the channel by which their endpoint was heard last', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    const channel = stage.device();
    stage.transport.receive(encode({ code: 'GET', path: ATTRIBUTES, id: 9 }), device.endpoint, channel);
    expect(channel.only().code).toBe('2.05');
    call(session, 1);
    expect(channel.only().payload).toContain('"id":1');
    expect(device.take()).toEqual([]);
  });
});

describe('open requests', () => {
  test('COAP-18: of one endpoint are limited: 4.29', () => {
    const stage = new Stage({ maxOpenPerEndpoint: 2 });
    const [device, other] = [stage.device(), stage.device()];
    device.tell(REQUEST);
    device.tell(REQUEST);
    expect(device.ask(REQUEST)).toMatchObject({ code: '4.29', maxAge: 5 });
    expect(other.tell(REQUEST)).toEqual([]);
    stage.host.sessions[0]!.answer(0, '1');
    device.take();
    expect(device.tell(REQUEST)).toEqual([]);
  });

  test('COAP-18: are limited in total: 5.03', () => {
    const stage = new Stage({ maxOpen: 2 });
    stage.device().tell(REQUEST);
    stage.device().tell(REQUEST);
    expect(stage.device().ask(REQUEST)).toMatchObject({ code: '5.03', maxAge: 5 });
    stage.host.sessions[0]!.answer(0, '1');
    expect(stage.device().tell(REQUEST)).toEqual([]);
  });
});
