import { duplexPair } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { SessionCloseReason } from '@device-messaging/host-api';
import { MqttTransport } from '../mqtt-transport.js';
import { brief, MqttPeer, PING, publishPacket, turn, VERSIONS } from '../spec-support/mqtt-peer.js';
import { call, connected, stage } from '../spec-support/stage.js';

const REQUEST = 'v1/devices/me/rpc/request/';
const CALLS = 'v1/devices/me/rpc/request/+';

describe('the end of a connection', () => {
  test.each(VERSIONS)('MQTT-46: level %i: DISCONNECT ends the session', async (version) => {
    const { host, transport } = stage();
    const { peer, session } = await connected({ host, transport }, version);
    expect(await peer.send({ cmd: 'disconnect', reasonCode: 0 })).toEqual([]);
    expect(peer.isEnded).toBe(true);
    expect(session.closed).toBeGreaterThan(0);
    expect(transport.connectionCount).toBe(0);
    expect(host.timers.pending).toBe(0);
  });

  test('MQTT-46: what came before DISCONNECT is handled, what comes after is not', async () => {
    const { peer, session } = await connected(stage());
    await peer.send(publishPacket(`${REQUEST}1`, '{}'), { cmd: 'disconnect' }, publishPacket(`${REQUEST}2`, '{}'));
    expect(session.requests).toHaveLength(1);
  });

  test('MQTT-46: a half-closed stream is closed', async () => {
    const { host, transport } = stage();
    const { peer, session } = await connected({ host, transport }, 4, { keepalive: 10 });
    peer.stream.end();
    await turn();
    expect(session.closed).toBeGreaterThan(0);
    expect(transport.connectionCount).toBe(0);
    expect(host.timers.pending).toBe(0);
  });

  test('MQTT-46: a stream that fails ends the session and nothing else', async () => {
    const { host, transport } = stage();
    const [server, client] = duplexPair();
    client.on('error', () => undefined);
    transport.accept(server);
    const codec = new MqttPeer(transport);
    client.write(codec.encode(codec.connectPacket()));
    await turn();
    server.destroy(new Error('connection reset'));
    await turn();
    expect(host.sessions.map(({ closed }) => closed)).toEqual([1]);
    expect(transport.connectionCount).toBe(1);
    expect(brief(await codec.connect())).toEqual([{ cmd: 'connack', code: 0 }]);
  });

  test('MQTT-46: a session whose stream is gone takes no call', async () => {
    const { session, peer } = await connected(stage());
    await peer.subscribe(CALLS);
    peer.stream.end();
    await turn();
    expect(call(session, 1)).toBe('busy');
    expect(session.sink.answer({ id: '1', properties: {} }, Buffer.from('1'), 'answer')).toBe('sent');
  });

  test.each([
    ['TAKEN_OVER', 0x8e],
    ['CREDENTIALS_REVOKED', 0x87],
    ['DEVICE_DELETED', 0x87],
    ['HOST_STOPPING', 0x8b],
  ] as [SessionCloseReason, number][])('MQTT-10, MQTT-47: the host closes: %s', async (reason, code) => {
    for (const version of VERSIONS) {
      const on = stage();
      const { peer, session } = await connected(on, version);
      session.sink.close(reason);
      session.sink.close(reason);
      expect(brief(await peer.received())).toEqual(version === 5 ? [{ cmd: 'disconnect', code }] : []);
      expect(peer.isEnded).toBe(true);
      expect(on.transport.connectionCount).toBe(0);
    }
  });

  test.each(VERSIONS)('MQTT-48: level %i: draining, CONNECT is refused', async (version) => {
    const { host, transport } = stage();
    const waiting = new MqttPeer(transport, version);
    transport.drain();
    for (const peer of [waiting, new MqttPeer(transport, version)]) {
      expect(brief(await peer.connect())).toEqual([{ cmd: 'connack', code: version === 5 ? 0x88 : 3 }]);
      expect(peer.isEnded).toBe(true);
    }
    expect(host.credentials).toEqual([]);
  });

  test('MQTT-48: draining, a look-up under way does not open a session', async () => {
    const { host, transport } = stage();
    host.verdict = (open) => new Promise((resolve) => setImmediate(() => resolve(open())));
    const peer = new MqttPeer(transport);
    const answer = peer.connect();
    transport.drain();
    expect(brief(await answer)).toEqual([{ cmd: 'connack', code: 3 }]);
    expect(host.openSessions).toBe(0);
  });

  test('MQTT-48: draining, requests are left, replies and answers flow', async () => {
    const { host, transport } = stage();
    const { peer, session } = await connected({ host, transport });
    await peer.subscribe({ topic: CALLS, qos: 1 });
    await peer.publish(`${REQUEST}1`, '{}');
    transport.drain();
    expect(await peer.publish(`${REQUEST}2`, '{}', { qos: 1 })).toEqual([]);
    expect(session.requests).toHaveLength(1);
    expect(brief(await peer.publish('v1/devices/me/rpc/response/9', '1', { qos: 1 }))).toEqual([
      { cmd: 'puback', id: 1, code: 0 },
    ]);
    expect(session.replies).toEqual([[9, '1']]);
    expect(call(session, 5)).toBe('handed');
    expect(session.answer(0, '1')).toBe('sent');
    expect(brief(await peer.received()).map(({ topic }) => topic)).toEqual([
      `${REQUEST}5`,
      'v1/devices/me/rpc/response/1',
    ]);
  });

  test('MQTT-49: stopping closes all, and nothing is left', async () => {
    const { host, transport } = stage();
    const peers = [];
    for (const version of VERSIONS) peers.push((await connected({ host, transport }, version, { keepalive: 60 })).peer);
    const silent = new MqttPeer(transport);
    await transport.stop();
    expect(transport.connectionCount).toBe(0);
    expect(host.openSessions).toBe(0);
    expect(host.timers.pending).toBe(0);
    await turn();
    expect([...peers, silent].map(({ isEnded }) => isEnded)).toEqual([true, true, true, true]);
    expect(brief(await peers[2]!.received())).toEqual([{ cmd: 'disconnect', code: 0x8b }]);
    const [late] = duplexPair();
    transport.accept(late);
    expect(late.destroyed).toBe(true);
  });

  test('MQTT-49, MQTT-50: a device that reads nothing is cut off after 1 s', async () => {
    const { host, transport } = stage();
    const [server, client] = duplexPair();
    transport.accept(server);
    const codec = new MqttPeer(transport);
    client.write(codec.encode(codec.connectPacket()));
    await turn();
    for (let id = 0; id < 20; id += 1) call(host.sessions[0]!, id, JSON.stringify('x'.repeat(30_000)));
    let isStopped = false;
    const stopped = transport.stop().then(() => (isStopped = true));
    await turn();
    expect(isStopped).toBe(false);
    host.timers.advance(1_000);
    await stopped;
    expect(server.destroyed).toBe(true);
    expect(transport.connectionCount).toBe(0);
    expect(host.timers.pending).toBe(0);
  });

  test('MQTT-50: a device that does not end its side is cut off after 1 s', async () => {
    const { host, transport } = stage();
    const [server, client] = duplexPair();
    client.resume();
    transport.accept(server);
    client.write(PING);
    await turn();
    client.write(Buffer.alloc(100_000));
    await turn();
    expect(server.destroyed).toBe(false);
    host.timers.advance(1_000);
    expect(server.destroyed).toBe(true);
    expect(transport.connectionCount).toBe(0);
  });

  test('a transport takes connections once it has started, and starts once', () => {
    const transport = new MqttTransport();
    const [server] = duplexPair();
    expect(() => transport.accept(server)).toThrow('once its host has started');
    const started = stage();
    expect(() => started.transport.start(started.host)).toThrow('started once');
  });

  test('a stream that is gone already is not kept', async () => {
    const { transport } = stage();
    const [server] = duplexPair();
    server.destroy();
    transport.accept(server);
    await turn();
    expect(transport.connectionCount).toBe(0);
  });

  test('stopping a transport that never started, or has no connection, is done at once', async () => {
    await new MqttTransport().stop();
    await stage().transport.stop();
  });
});

describe('MQTT-44: what a device must not send', () => {
  const PACKETS: [string, number[], number][] = [
    ['type 0', [0x00, 0], 0x81],
    ['CONNACK', [0x20, 2, 0, 0], 0x82],
    ['PUBREC', [0x50, 2, 0, 1], 0x82],
    ['PUBCOMP', [0x70, 2, 0, 1], 0x82],
    ['SUBACK', [0x90, 3, 0, 1, 0], 0x82],
    ['PINGRESP', [0xd0, 0], 0x82],
    ['PUBACK with packet identifier 0', [0x40, 2, 0, 0], 0x82],
    ['PUBREL without its flag', [0x60, 2, 0, 1], 0x81],
    ['SUBSCRIBE without its flag', [0x80, 6, 0, 1, 0, 1, 0x23, 0], 0x81],
    ['SUBSCRIBE with packet identifier 0', [0x82, 6, 0, 0, 0, 1, 0x23, 0], 0x82],
    ['PINGREQ with a flag', [0xc1, 0], 0x81],
    ['PINGREQ with a body', [0xc0, 1, 0], 0x81],
    ['DISCONNECT with a flag', [0xe1, 0], 0x81],
    ['PUBLISH of QoS 3', [0x36, 5, 0, 1, 0x61, 0, 1], 0x81],
    ['PUBLISH with invalid UTF-8', [0x30, 4, 0, 1, 0xff, 0], 0x81],
    ['PUBLISH without topic', [0x30, 3, 0, 0, 0], 0x82],
    ['a length without end', [0x30, 0xff, 0xff, 0xff, 0xff], 0x81],
  ];

  test.each(PACKETS)('%s', async (_name, bytes, code) => {
    for (const version of [4, 5] as const) {
      const on = stage();
      const other = await connected(on, 4);
      const { peer, session } = await connected(on, version);
      expect(brief(await peer.send(Buffer.from(bytes)))).toEqual(version === 5 ? [{ cmd: 'disconnect', code }] : []);
      expect(peer.isEnded).toBe(true);
      expect(session.closed).toBeGreaterThan(0);
      expect(on.host.errors).toEqual([]);
      expect(brief(await other.peer.send(PING))).toEqual([{ cmd: 'pingresp' }]);
    }
  });

  test('AUTH', async () => {
    expect(brief(await (await connected(stage(), 5)).peer.send(Buffer.from([0xf0, 0])))).toEqual([
      { cmd: 'disconnect', code: 0x82 },
    ]);
    const old = await connected(stage(), 4);
    await old.peer.send(Buffer.from([0xf0, 0]));
    expect(old.peer.isEnded).toBe(true);
  });

  test('a fault of this side closes the connection that met it, is logged, and ends nothing else', async () => {
    const on = stage();
    const other = await connected(on, 4);
    const { peer, session } = await connected(on, 5);
    session.request = () => {
      throw new Error('a fault in the host');
    };
    expect(brief(await peer.publish(`${REQUEST}1`, '{}'))).toEqual([{ cmd: 'disconnect', code: 0x80 }]);
    expect(on.host.errors).toEqual(['MQTT packet could not be handled Error: a fault in the host']);
    expect(brief(await other.peer.send(PING))).toEqual([{ cmd: 'pingresp' }]);
  });
});
