import { describe, expect, test } from '@jest/globals';
import type { IPublishPacket } from 'mqtt-packet';
import { brief, PING, publishPacket, VERSIONS } from '../spec-support/mqtt-peer.js';
import { connected, stage } from '../spec-support/stage.js';

const REQUEST = 'v1/devices/me/rpc/request/';
const RESPONSE = 'v1/devices/me/rpc/response/';

describe('what a device publishes', () => {
  test.each(VERSIONS)(
    'MQTT-14, MQTT-35: level %i: a request is answered on its id, subscribed or not',
    async (version) => {
      const { peer, session } = await connected(stage(), version);
      expect(await peer.publish(`${REQUEST}007`, '{"method":"x"}')).toEqual([]);
      expect(session.requests).toMatchObject([{ payload: '{"method":"x"}', options: undefined }]);
      expect(session.answer(0, '{"a":1.10}')).toBe('sent');
      expect(brief(await peer.received())).toEqual([
        { cmd: 'publish', topic: `${RESPONSE}007`, qos: 0, payload: '{"a":1.10}' },
      ]);
    },
  );

  test('MQTT-14: a payload that is no request reaches the host all the same, and the connection stays', async () => {
    const { peer, session } = await connected(stage());
    await peer.publish(`${REQUEST}1`, Buffer.from([0xff, 0xfe]));
    await peer.publish(`${REQUEST}2`, '');
    expect(session.requests).toHaveLength(2);
    expect(brief(await peer.send(PING))).toEqual([{ cmd: 'pingresp' }]);
  });

  test.each(VERSIONS)('MQTT-15: level %i: another id gets no answer, and the connection stays', async (version) => {
    const { peer, session } = await connected(stage(), version);
    const code = version === 5 ? 0x90 : 0;
    for (const topic of [`${REQUEST}x`, `${REQUEST}-1`, `${REQUEST}12345678901234567890`, `${RESPONSE}1.5`, REQUEST]) {
      expect(brief(await peer.publish(topic, '{}', { qos: 1, messageId: 9 }))).toEqual([
        { cmd: 'puback', id: 9, code },
      ]);
      expect(brief(await peer.publish(topic, '{}', { qos: 2, messageId: 9 }))).toEqual([
        { cmd: 'pubrec', id: 9, code },
      ]);
    }
    expect(session.requests).toEqual([]);
    expect(session.replies).toEqual([]);
  });

  test('MQTT-16: a reply goes to its call; an unknown one is acknowledged and dropped', async () => {
    const { host, transport } = stage();
    const { peer, session } = await connected({ host, transport });
    host.replyOutcome = () => false;
    expect(brief(await peer.publish(`${RESPONSE}2147483647`, ' 1.10 ', { qos: 1 }))).toEqual([
      { cmd: 'puback', id: 1, code: 0 },
    ]);
    expect(brief(await peer.publish(`${RESPONSE}9999999999999999999`, '1', { qos: 1 }))).toEqual([
      { cmd: 'puback', id: 1, code: 0 },
    ]);
    expect(session.replies).toEqual([
      [2_147_483_647, ' 1.10 '],
      [1e19, '1'],
    ]);
  });

  test.each(VERSIONS)(
    'QTA-5: level %i: telemetry over a quota is acknowledged, and MQTT 5 says why',
    async (version) => {
      const { host, transport } = stage();
      const { peer } = await connected({ host, transport }, version);
      host.publishOutcome = () => 'rate-limited';
      const code = version === 5 ? 0x97 : 0;
      expect(brief(await peer.publish('v1/devices/me/telemetry', '{}', { qos: 1 }))).toEqual([
        { cmd: 'puback', id: 1, code },
      ]);
      expect(brief(await peer.publish('v1/devices/me/telemetry', '{}', { qos: 2 }))).toEqual([
        { cmd: 'pubrec', id: 1, code },
      ]);
      expect(brief(await peer.send(PING))).toEqual([{ cmd: 'pingresp' }]);
    },
  );

  test('MQTT-16: a reply that could not be passed on harms nobody', async () => {
    const { host, transport } = stage();
    const { peer } = await connected({ host, transport });
    host.replyOutcome = () => Promise.reject(new Error('the other node is gone'));
    await peer.publish(`${RESPONSE}1`, '1');
    expect(brief(await peer.send(PING))).toEqual([{ cmd: 'pingresp' }]);
  });

  test.each(VERSIONS)('MQTT-17: level %i: telemetry and attributes are offered to the rules', async (version) => {
    const { peer, session } = await connected(stage(), version);
    expect(brief(await peer.publish('v1/devices/me/telemetry', '{"t":1}', { qos: 1 }))).toEqual([
      { cmd: 'puback', id: 1, code: 0 },
    ]);
    const code = version === 5 ? 0x99 : 0;
    expect(brief(await peer.publish('v1/devices/me/attributes', 'x', { qos: 1 }))).toEqual([
      { cmd: 'puback', id: 1, code },
    ]);
    expect(session.published).toEqual([
      ['POST_TELEMETRY', '{"t":1}'],
      ['POST_ATTRIBUTES', 'x'],
    ]);
  });

  test.each(VERSIONS)('MQTT-18: level %i: attributes are asked for and there are none', async (version) => {
    const { peer, session } = await connected(stage(), version);
    await peer.subscribe({ topic: 'v1/devices/me/attributes/response/+', qos: 1 });
    expect(brief(await peer.publish('v1/devices/me/attributes/request/3', '{"clientKeys":"a"}', { qos: 1 }))).toEqual([
      { cmd: 'puback', id: 1, code: 0 },
      { cmd: 'publish', topic: 'v1/devices/me/attributes/response/3', qos: 1, payload: '{}' },
    ]);
    expect(session.published).toEqual([['GET_ATTRIBUTES', '{"clientKeys":"a"}']]);
    expect(session.requests).toEqual([]);
  });

  test('MQTT-19: other topics of its own are acknowledged and ignored', async () => {
    const { peer, session } = await connected(stage(), 5);
    expect(brief(await peer.publish('v1/devices/me/firmware/ü', 'x', { qos: 2, messageId: 3 }))).toEqual([
      { cmd: 'pubrec', id: 3, code: 0 },
    ]);
    expect(session.published).toEqual([]);
  });

  test.each(['v1/gateway/telemetry', 'v1/devices/me', 'a', 'v1/devices/me/+', '$SYS/x'])(
    'MQTT-20: publishing to %s closes',
    async (topic) => {
      for (const version of VERSIONS) {
        const { peer, session } = await connected(stage(), version);
        const answer = brief(await peer.publish(topic, '{}', { qos: 1 }));
        expect(answer).toEqual(version === 5 ? [{ cmd: 'disconnect', code: 0x90 }] : []);
        expect(peer.isEnded).toBe(true);
        expect(session.closed).toBeGreaterThan(0);
      }
    },
  );

  test.each(VERSIONS)('MQTT-21: level %i: QoS 2 is handled once and acknowledged each time', async (version) => {
    const { peer, session } = await connected(stage(), version);
    const request = publishPacket(`${REQUEST}1`, '{}', { qos: 2, messageId: 5 });
    expect(brief(await peer.send(request))).toEqual([{ cmd: 'pubrec', id: 5, code: 0 }]);
    expect(brief(await peer.send({ ...request, dup: true }))).toEqual([{ cmd: 'pubrec', id: 5, code: 0 }]);
    expect(session.requests).toHaveLength(1);
    expect(brief(await peer.send({ cmd: 'pubrel', messageId: 5 }))).toEqual([{ cmd: 'pubcomp', id: 5, code: 0 }]);
    const unknown = version === 5 ? 0x92 : 0;
    expect(brief(await peer.send({ cmd: 'pubrel', messageId: 5 }))).toEqual([{ cmd: 'pubcomp', id: 5, code: unknown }]);
    await peer.send(request);
    expect(session.requests).toHaveLength(2);
  });

  test('MQTT-21: an identifier whose PUBREC reported a failure is free again', async () => {
    const { peer, session } = await connected(stage(), 5);
    await peer.publish(`${REQUEST}x`, '{}', { qos: 2, messageId: 5 });
    await peer.publish(`${REQUEST}1`, '{}', { qos: 2, messageId: 5 });
    expect(session.requests).toHaveLength(1);
  });

  test('MQTT-22: more QoS 2 messages than the receive maximum close', async () => {
    const { peer } = await connected(stage({ receiveMaximum: 2 }), 5);
    for (const messageId of [1, 2]) await peer.publish(`${REQUEST}1`, '{}', { qos: 2, messageId });
    expect(brief(await peer.publish(`${REQUEST}1`, '{}', { qos: 2, messageId: 3 }))).toEqual([
      { cmd: 'disconnect', code: 0x93 },
    ]);
  });

  test('MQTT-23: correlation data and user properties come back, the response topic does nothing', async () => {
    const { peer, session } = await connected(stage(), 5);
    const properties = {
      correlationData: Buffer.from([1, 0, 255]),
      userProperties: { trace: ['a', 'b'], '9': 'ü' },
      responseTopic: 'somewhere/else',
      contentType: 'application/json',
    };
    await peer.publish(`${REQUEST}1`, '{}', { properties });
    await peer.publish(`${REQUEST}2`, '{}');
    session.answer(1, '2');
    session.answer(0, '1');
    const [second, first] = (await peer.received()) as IPublishPacket[];
    expect(second!.properties).toBeUndefined();
    expect(first!.topic).toBe(`${RESPONSE}1`);
    expect({ ...first!.properties, userProperties: { ...first!.properties!.userProperties } }).toEqual({
      correlationData: properties.correlationData,
      userProperties: properties.userProperties,
    });
  });

  test('MQTT-24: message expiry is a deadline', async () => {
    const { host, transport } = stage();
    const { peer, session } = await connected({ host, transport }, 5);
    await peer.publish(`${REQUEST}1`, '{}', { properties: { messageExpiryInterval: 7 } });
    expect(session.requests[0]!.options).toEqual({ expiresAt: host.timers.now() + 7000 });
  });

  test.each([
    ['RETAIN', { retain: true }, 0x9a],
    ['a topic alias', { properties: { topicAlias: 1 } }, 0x94],
  ])('MQTT-25: %s closes in MQTT 5', async (_name, overrides, code) => {
    const { peer } = await connected(stage(), 5);
    expect(brief(await peer.publish(`${REQUEST}1`, '{}', overrides))).toEqual([{ cmd: 'disconnect', code }]);
  });

  test('MQTT-25: RETAIN is ignored in MQTT 3.1.1', async () => {
    const { peer, session } = await connected(stage(), 4);
    await peer.publish(`${REQUEST}1`, '{}', { retain: true });
    expect(session.requests).toHaveLength(1);
  });

  test('payload bytes are not touched after they were handed over', async () => {
    const { host, transport } = stage();
    const kept: Uint8Array[] = [];
    const { peer, session } = await connected({ host, transport });
    session.request = (_ref, payload) => void kept.push(payload);
    for (let id = 0; id < 50; id += 1) await peer.publish(`${REQUEST}${id}`, String(id).repeat(40));
    expect(kept.map((bytes) => Buffer.from(bytes).toString())).toEqual(
      Array.from({ length: 50 }, (_, id) => String(id).repeat(40)),
    );
  });
});
