import { describe, expect, test } from '@jest/globals';
import { brief, VERSIONS } from '../spec-support/mqtt-peer.js';
import { call, connected, stage } from '../spec-support/stage.js';

const CALLS = 'v1/devices/me/rpc/request/+';
const ANSWERS = 'v1/devices/me/rpc/response/+';

describe('subscribing', () => {
  test.each([
    [3, [0, 1, 1, 1, 1]],
    [4, [0, 1, 1, 0x80, 0x80]],
    [5, [0, 1, 1, 0x87, 0x9e]],
  ] as const)('MQTT-26, MQTT-27, MQTT-28: level %i: each filter gets its code', async (version, granted) => {
    const { peer, session } = await connected(stage(), version);
    const answer = await peer.subscribe(
      { topic: 'v1/devices/me/anything', qos: 0 },
      { topic: 'v1/+/me/#', qos: 1 },
      { topic: '#', qos: 2 },
      { topic: 'v1/devices/other/+', qos: 1 },
      { topic: `$share/group/${CALLS}`, qos: 1 },
    );
    expect(brief(answer)).toEqual([{ cmd: 'suback', id: 7, granted }]);
    expect(session.isListening).toBe(true);
  });

  test.each(VERSIONS)('MQTT-27: level %i: what cannot match does not make a session listen', async (version) => {
    const { peer, session } = await connected(stage(), version);
    await peer.subscribe('v1/devices/other/rpc/request/+', `$share/g/${CALLS}`, ANSWERS, 'v1/devices/me/rpc/request/5');
    expect(session.isListening).toBe(false);
  });

  test.each(VERSIONS)('MQTT-29: level %i: a malformed filter closes', async (version) => {
    for (const packet of [
      { cmd: 'subscribe' as const, messageId: 1, subscriptions: [{ topic: 'v1/#/x', qos: 0 as const }] },
      { cmd: 'unsubscribe' as const, messageId: 1, unsubscriptions: ['v1/de+'] },
      { cmd: 'subscribe' as const, messageId: 1, subscriptions: [{ topic: '', qos: 0 as const }] },
    ]) {
      const { peer, session } = await connected(stage(), version);
      expect(brief(await peer.send(packet))).toEqual(version === 5 ? [{ cmd: 'disconnect', code: 0x81 }] : []);
      expect(peer.isEnded).toBe(true);
      expect(session.closed).toBeGreaterThan(0);
    }
  });

  test('MQTT-29: a subscription identifier closes', async () => {
    const { peer } = await connected(stage(), 5);
    const answer = await peer.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: CALLS, qos: 0 }],
      properties: { subscriptionIdentifier: 4 },
    });
    expect(brief(answer)).toEqual([{ cmd: 'disconnect', code: 0xa1 }]);
  });

  test.each(VERSIONS)('MQTT-30: level %i: SUBACK comes before the calls that waited', async (version) => {
    const { peer, session } = await connected(stage(), version);
    session.onListen = () => void call(session, 1);
    const packets = brief(await peer.subscribe({ topic: CALLS, qos: 1 }));
    expect(packets.map(({ cmd }) => cmd)).toEqual(['suback', 'publish']);
  });

  test.each(VERSIONS)('MQTT-31: level %i: listening ends with the last filter that matches calls', async (version) => {
    const { peer, session } = await connected(stage(), version);
    await peer.subscribe(CALLS, 'v1/devices/me/rpc/#', ANSWERS);
    await peer.send({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: [CALLS] });
    expect(session.isListening).toBe(true);
    const answer = await peer.send({
      cmd: 'unsubscribe',
      messageId: 9,
      unsubscriptions: ['v1/devices/me/rpc/#', CALLS],
    });
    expect(session.isListening).toBe(false);
    expect(answer[0]).toMatchObject({
      cmd: 'unsuback',
      messageId: 9,
      ...(version === 5 ? { granted: [0, 0x11] } : {}),
    });
  });

  test.each([
    [4, 0x80],
    [5, 0x97],
  ] as const)('MQTT-32: level %i: filters over the limit are refused', async (version, code) => {
    const { peer } = await connected(stage({ maxSubscriptions: 2 }), version);
    const own = ['a', 'b', 'c', 'a'].map((name) => `v1/devices/me/${name}`);
    expect(brief(await peer.subscribe(...own))).toEqual([{ cmd: 'suback', id: 7, granted: [0, 0, code, 0] }]);
    const long = await connected(stage(), version);
    const filter = `v1/devices/me/${'x'.repeat(1024)}`;
    expect(brief(await long.peer.subscribe(filter))).toEqual([{ cmd: 'suback', id: 7, granted: [code] }]);
  });

  test('MQTT-32: MQTT 3.1 cannot refuse, so the connection closes', async () => {
    const { peer } = await connected(stage({ maxSubscriptions: 1 }), 3);
    expect(await peer.subscribe('v1/devices/me/a', 'v1/devices/me/b')).toEqual([]);
    expect(peer.isEnded).toBe(true);
  });

  test('MQTT-45: in MQTT 3.1 SUBSCRIBE may say DUP', async () => {
    const { peer, session } = await connected(stage(), 3);
    const packet = peer.encode({ cmd: 'subscribe', messageId: 7, subscriptions: [{ topic: CALLS, qos: 0 }] });
    packet[0] = 0x8a;
    expect(brief(await peer.send(packet))).toEqual([{ cmd: 'suback', id: 7, granted: [0] }]);
    expect(session.isListening).toBe(true);
  });
});
