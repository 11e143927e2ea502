import { describe, expect, test } from '@jest/globals';
import { brief, publishPacket, VERSIONS } from '../spec-support/mqtt-peer.js';
import { call, connected, stage, type Stage } from '../spec-support/stage.js';

const CALLS = 'v1/devices/me/rpc/request/+';
const REQUEST = 'v1/devices/me/rpc/request/';
const ANSWERS = 'v1/devices/me/rpc/response/+';

async function listening(on: Stage, version: 3 | 4 | 5, qos: 0 | 1 | 2, properties?: object) {
  const both = await connected(on, version, properties === undefined ? {} : { properties });
  await both.peer.subscribe({ topic: CALLS, qos }, { topic: ANSWERS, qos });
  return both;
}

describe('what a device receives', () => {
  test.each(VERSIONS)('MQTT-33: level %i: a call comes with its params byte for byte', async (version) => {
    const { peer, session } = await listening(stage(), version, 0);
    const params = ' {"b":12345678901234567890, "a":1.10,"a":-0 ,"u":"\\u00fc"}';
    expect(call(session, 2_147_483_647, params, 'on"Msg')).toBe('handed');
    expect(brief(await peer.received())).toEqual([
      { cmd: 'publish', topic: `${REQUEST}2147483647`, qos: 0, payload: `{"method":"on\\"Msg","params":${params}}` },
    ]);
  });

  test('MQTT-33: large params too', async () => {
    const { peer, session } = await listening(stage(), 4, 1);
    const params = JSON.stringify('x'.repeat(100_000));
    expect(call(session, 1, params)).toBe('handed');
    const [packet] = brief(await peer.received());
    expect(packet!['payload']).toBe(`{"method":"onMsg","params":${params}}`);
  });

  test('MQTT-33: many methods, each under its own name', async () => {
    const { peer, session } = await listening(stage(), 4, 0);
    for (let id = 0; id < 300; id += 1) call(session, id, '0', `method-${id}`);
    const payloads = brief(await peer.received()).map(({ payload }) => payload);
    expect(payloads).toEqual(Array.from({ length: 300 }, (_, id) => `{"method":"method-${id}","params":0}`));
  });

  test.each([
    [0, 0],
    [1, 1],
    [2, 1],
  ] as const)('MQTT-33, MQTT-35: subscribed at QoS %i, calls and answers come at QoS %i', async (subscribed, qos) => {
    for (const version of VERSIONS) {
      const { peer, session } = await listening(stage(), version, subscribed);
      await peer.publish(`${REQUEST}4`, '{}');
      call(session, 1);
      session.answer(0, '1');
      expect((await peer.received()).map((packet) => (packet as { qos: number }).qos)).toEqual([qos, qos]);
    }
  });

  test('MQTT-34: filters that overlap make one copy at the highest QoS', async () => {
    const { peer, session } = await connected(stage());
    await peer.subscribe({ topic: '#', qos: 0 }, { topic: CALLS, qos: 1 }, { topic: 'v1/devices/me/rpc/#', qos: 0 });
    call(session, 1);
    expect(brief(await peer.received())).toMatchObject([{ cmd: 'publish', qos: 1 }]);
  });

  test('MQTT-36: a used up receive maximum makes calls wait for a PUBACK', async () => {
    const { peer, session } = await listening(stage(), 5, 1, { receiveMaximum: 2 });
    expect([call(session, 1), call(session, 2), call(session, 3)]).toEqual(['handed', 'handed', 'busy']);
    session.onResume = () => void call(session, 3);
    const [first] = await peer.received();
    expect(session.resumed).toBe(0);
    const after = await peer.send({ cmd: 'puback', messageId: first!.messageId! });
    expect(session.resumed).toBe(1);
    expect(brief(after)).toMatchObject([{ topic: `${REQUEST}3` }]);
    await peer.send({ cmd: 'puback', messageId: 999 });
    expect(session.resumed).toBe(1);
  });

  test('MQTT-36: identifiers in use are not given out again', async () => {
    const { peer, session } = await listening(stage({ maxUnacknowledged: 65_535 }), 4, 1);
    call(session, 0);
    const [kept] = await peer.received();
    for (let id = 1; id <= 65_534; id += 1) {
      call(session, id, '0');
      if (id % 500 === 0) await peer.received();
    }
    await peer.received();
    expect(call(session, 70_000)).toBe('busy');
    await peer.send({ cmd: 'puback', messageId: kept!.messageId! });
    expect(call(session, 70_000)).toBe('handed');
    expect((await peer.received())[0]!.messageId).toBe(kept!.messageId);
  });

  test('MQTT-36: a device of an older version has a limit too', async () => {
    const { session } = await listening(stage({ maxUnacknowledged: 1 }), 4, 1);
    expect([call(session, 1), call(session, 2)]).toEqual(['handed', 'busy']);
  });

  test('MQTT-37: an answer comes at QoS 0 when the receive maximum is used up', async () => {
    const { peer, session } = await listening(stage(), 5, 1, { receiveMaximum: 1 });
    await peer.send(publishPacket(`${REQUEST}1`, '{}'), publishPacket(`${REQUEST}2`, '{}'));
    session.answer(0, '1');
    session.answer(1, '2');
    expect(brief(await peer.received())).toMatchObject([
      { qos: 1, payload: '1' },
      { qos: 0, payload: '2' },
    ]);
  });

  test('MQTT-38: what exceeds the maximum packet size is not sent', async () => {
    const { peer, session } = await listening(stage(), 5, 1, { maximumPacketSize: 100 });
    await peer.publish(`${REQUEST}1`, '{}', {
      properties: { userProperties: { a: 'x'.repeat(60) }, correlationData: Buffer.from('c') },
    });
    expect(call(session, 1, JSON.stringify('x'.repeat(60)))).toBe('too-large');
    expect(session.answer(0, JSON.stringify('x'.repeat(100)))).toBe('too-large');
    expect(await peer.received()).toEqual([]);
    expect(session.answer(0, '{"error":"too large"}')).toBe('sent');
    const [packet] = await peer.received();
    expect(packet).toMatchObject({ properties: { correlationData: Buffer.from('c') } });
    expect((packet as { properties: object }).properties).not.toHaveProperty('userProperties');
  });

  test('MQTT-38: a packet of exactly the maximum packet size is sent', async () => {
    const topic = `${REQUEST}1`;
    const overhead = 2 + 2 + topic.length + 1 + '{"method":"onMsg","params":}'.length;
    const { session } = await listening(stage(), 5, 0, { maximumPacketSize: overhead + 10 });
    expect(call(session, 1, JSON.stringify('x'.repeat(9)))).toBe('too-large');
    expect(call(session, 1, JSON.stringify('x'.repeat(8)))).toBe('handed');
  });

  test('MQTT-38, MQTT-40: a client too small for any answer does not stop being read', async () => {
    const { peer, session } = await connected(stage({ maxInFlight: 1 }), 5, { properties: { maximumPacketSize: 42 } });
    await peer.publish(`${REQUEST}1`, '{}');
    await peer.publish(`${REQUEST}2`, '{}');
    expect(session.requests).toHaveLength(1);
    expect(session.answer(0, 'x'.repeat(40))).toBe('too-large');
    expect(session.answer(0, 'x'.repeat(30))).toBe('too-large');
    await peer.received();
    expect(session.requests).toHaveLength(2);
  });

  test('MQTT-38: a client that cannot take its SUBACK is closed', async () => {
    const { peer, session } = await connected(stage(), 5, { properties: { maximumPacketSize: 60 } });
    const filters = Array.from({ length: 60 }, (_, index) => `v1/devices/me/${index}`);
    expect(brief(await peer.subscribe(...filters))).toEqual([{ cmd: 'disconnect', code: 0x95 }]);
    expect(session.closed).toBeGreaterThan(0);
  });
});
