import { duplexPair } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { OverQuotaError, type DeviceSession } from '@device-messaging/host-api';
import { generate, type IConnackPacket } from 'mqtt-packet';
import { brief, connectPacket, MqttPeer, PING, turn, VERSIONS } from '../spec-support/mqtt-peer.js';
import { connected, stage } from '../spec-support/stage.js';

describe('CONNECT', () => {
  test.each(VERSIONS)(
    'MQTT-1, MQTT-3: level %i is accepted with a token as user name, whatever the password',
    async (version) => {
      const { host, transport } = stage();
      const peer = new MqttPeer(transport, version, { remoteAddress: '192.0.2.1' });
      expect(brief(await peer.connect({ password: Buffer.from([0xff]) }))).toEqual([{ cmd: 'connack', code: 0 }]);
      expect(host.credentials).toEqual([{ type: 'ACCESS_TOKEN', secret: 'token-1' }]);
      expect(host.sessions[0]!.facts).toEqual({ transport: 'mqtt', clientId: 'device', remoteAddress: '192.0.2.1' });
      expect(transport.connectionCount).toBe(1);
    },
  );

  test.each([
    ['MQTT', 6],
    ['MQTT', 3],
    ['MQTT', 0x84],
    ['MQIsdp', 4],
  ])('MQTT-1: %s level %i is answered with return code 1', async (name, level) => {
    const { host, transport } = stage();
    const peer = new MqttPeer(transport);
    const body = Buffer.concat([
      Buffer.from([0, name.length]),
      Buffer.from(name),
      Buffer.from([level, 2, 0, 0, 0, 1, 0x61]),
    ]);
    const answer = await peer.send(Buffer.concat([Buffer.from([0x10, body.length]), body]));
    expect(brief(answer)).toEqual([{ cmd: 'connack', code: 1 }]);
    expect(peer.isEnded).toBe(true);
    expect(host.credentials).toEqual([]);
    expect(transport.connectionCount).toBe(0);
  });

  test('MQTT-2: another first packet closes without a word', async () => {
    const { transport } = stage();
    const peer = new MqttPeer(transport);
    expect(await peer.send(PING)).toEqual([]);
    expect(peer.isEnded).toBe(true);
  });

  test.each(VERSIONS)('MQTT-2: level %i: a second CONNECT closes', async (version) => {
    const { peer, session } = await connected(stage(), version);
    const answer = brief(await peer.connect());
    expect(answer).toEqual(version === 5 ? [{ cmd: 'disconnect', code: 0x82 }] : []);
    expect(peer.isEnded).toBe(true);
    expect(session.closed).toBe(1);
  });

  test.each([
    [{ username: undefined }, 4, 0x86],
    [{ username: '' }, 4, 0x86],
    [{ username: 'unknown' }, 5, 0x87],
  ])('MQTT-4, MQTT-6: %j is refused', async (overrides, returnCode, reasonCode) => {
    for (const version of VERSIONS) {
      const { host, transport } = stage();
      const peer = new MqttPeer(transport, version);
      const answer = brief(await peer.connect(overrides as object));
      expect(answer).toEqual([{ cmd: 'connack', code: version === 5 ? reasonCode : returnCode }]);
      expect(peer.isEnded).toBe(true);
      expect(host.sessions).toEqual([]);
      expect(transport.connectionCount).toBe(0);
    }
  });

  test('MQTT-5: a client certificate stands in for the user name, and only then', async () => {
    const { host, transport } = stage();
    const certificate = { type: 'X509_CERTIFICATE', secret: Buffer.from([0x30, 1, 2]) } as const;
    const without = new MqttPeer(transport, 4, { certificate });
    expect(brief(await without.send(without.connectPacket({ username: undefined as never })))).toEqual([
      { cmd: 'connack', code: 0 },
    ]);
    await new MqttPeer(transport, 4, { certificate }).connect();
    expect(host.credentials).toEqual([certificate, { type: 'ACCESS_TOKEN', secret: 'token-1' }]);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('registry down'))],
    [
      'throws',
      () => {
        throw new Error('registry down');
      },
    ],
  ])('MQTT-7: a look-up that %s is answered "unavailable"', async (_name, verdict) => {
    for (const version of VERSIONS) {
      const { host, transport } = stage();
      host.verdict = verdict;
      const peer = new MqttPeer(transport, version);
      expect(brief(await peer.connect())).toEqual([{ cmd: 'connack', code: version === 5 ? 0x88 : 3 }]);
      expect(peer.isEnded).toBe(true);
    }
  });

  test('QTA-9: over a quota of connections the device is told to come again', async () => {
    for (const version of VERSIONS) {
      const { host, transport } = stage();
      host.verdict = () => {
        throw new OverQuotaError({ kind: 'customer', id: 'c' }, 'connections');
      };
      const peer = new MqttPeer(transport, version);
      const [connack] = await peer.connect();
      expect(brief([connack!])).toEqual([{ cmd: 'connack', code: version === 5 ? 0x97 : 3 }]);
      expect(peer.isEnded).toBe(true);
    }
  });

  test('MQTT-7: so is one that takes too long, and its late session is closed', async () => {
    const { host, transport } = stage();
    let finish = (): void => undefined;
    host.verdict = (open) => new Promise<DeviceSession | undefined>((resolve) => (finish = () => resolve(open())));
    const peer = new MqttPeer(transport);
    await peer.connect();
    host.timers.advance(10_000);
    expect(brief(await peer.received())).toEqual([{ cmd: 'connack', code: 3 }]);
    finish();
    await turn();
    expect(host.sessions.map(({ closed }) => closed)).toEqual([1]);
    expect(transport.connectionCount).toBe(0);
  });

  test('MQTT-8: what follows CONNECT at once is handled after the verdict', async () => {
    const { host, transport } = stage();
    let finish = (): void => undefined;
    host.verdict = (open) => new Promise<DeviceSession | undefined>((resolve) => (finish = () => resolve(open())));
    const peer = new MqttPeer(transport);
    expect(await peer.send(peer.connectPacket(), PING, PING)).toEqual([]);
    finish();
    expect(brief(await peer.received())).toEqual([
      { cmd: 'connack', code: 0 },
      { cmd: 'pingresp' },
      { cmd: 'pingresp' },
    ]);
  });

  test('MQTT-8: a connection that goes while its device is looked up leaves no session', async () => {
    const { host, transport } = stage();
    let finish = (): void => undefined;
    host.verdict = (open) => new Promise<DeviceSession | undefined>((resolve) => (finish = () => resolve(open())));
    const [server, client] = duplexPair();
    transport.accept(server);
    client.write(generate(connectPacket(4)));
    await turn();
    server.destroy();
    await turn();
    expect(host.timers.pending).toBe(0);
    finish();
    await turn();
    expect(host.sessions.map(({ closed }) => closed)).toEqual([1]);
    expect(transport.connectionCount).toBe(0);
    expect(host.timers.pending).toBe(0);
  });

  test.each([
    [3, { clientId: 'x'.repeat(23) }, 0],
    [3, { clientId: 'x'.repeat(24) }, 2],
    [4, { clientId: '', clean: true }, 0],
    [4, { clientId: 'x'.repeat(500), clean: false }, 0],
  ] as const)('MQTT-9: level %i with client id %j: return code %i', async (version, overrides, code) => {
    const peer = new MqttPeer(stage().transport, version);
    expect(brief(await peer.connect(overrides))).toEqual([{ cmd: 'connack', code }]);
    expect(peer.isEnded).toBe(code !== 0);
  });

  test.each([
    [3, 'MQIsdp', 0b1000_0010],
    [4, 'MQTT', 0b1000_0000],
  ] as const)('MQTT-9: level %i refuses an empty client id that it does not allow', async (version, name, flags) => {
    const peer = new MqttPeer(stage().transport, version);
    const user = Buffer.from('\0\x07token-1');
    const body = Buffer.concat([
      Buffer.from([0, name.length]),
      Buffer.from(name),
      Buffer.from([version, flags, 0, 0, 0, 0]),
      user,
    ]);
    expect(brief(await peer.send(Buffer.from([0x10, body.length]), body))).toEqual([{ cmd: 'connack', code: 2 }]);
    expect(peer.isEnded).toBe(true);
  });

  test('MQTT-9, MQTT-13: CONNACK tells an MQTT 5 client its id and what is available', async () => {
    const { host, transport } = stage({ receiveMaximum: 12, maxPacketBytes: 5000 });
    const peer = new MqttPeer(transport, 5);
    const [connack] = (await peer.connect({
      clientId: '',
      properties: { sessionExpiryInterval: 100 },
    })) as IConnackPacket[];
    expect(connack).toMatchObject({ sessionPresent: false, reasonCode: 0 });
    expect(connack!.properties).toEqual({
      sessionExpiryInterval: 0,
      receiveMaximum: 12,
      retainAvailable: false,
      maximumPacketSize: 5000,
      assignedClientIdentifier: expect.stringMatching(/^[0-9a-f-]{36}$/u),
      topicAliasMaximum: 0,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: false,
    });
    expect(host.sessions[0]!.facts.clientId).toBe(connack!.properties!.assignedClientIdentifier);
  });

  test.each([
    ['MQTT-11: will retain', { will: { topic: 'w', payload: Buffer.from('x'), retain: true } }, 0x9a],
    ['MQTT-12: an authentication method', { properties: { authenticationMethod: 'SCRAM-SHA-1' } }, 0x8c],
    ['MQTT-44: receive maximum 0', { properties: { receiveMaximum: 0 } }, 0x82],
    ['MQTT-38: a maximum packet size below CONNACK', { properties: { maximumPacketSize: 5 } }, undefined],
  ])('%s is refused in MQTT 5', async (_name, overrides, code) => {
    const { host, transport } = stage();
    const peer = new MqttPeer(transport, 5);
    const answer = brief(await peer.connect(overrides));
    expect(answer).toEqual(code === undefined ? [] : [{ cmd: 'connack', code }]);
    expect(peer.isEnded).toBe(true);
    expect(host.openSessions).toBe(0);
  });

  test('MQTT-38: a refusal leaves its text out for a client that could not take it', async () => {
    const peer = new MqttPeer(stage().transport, 5);
    const answer = await peer.connect({ username: 'unknown', properties: { maximumPacketSize: 20 } });
    expect(brief(answer)).toEqual([{ cmd: 'connack', code: 0x87 }]);
    expect((answer[0] as IConnackPacket).properties).toBeUndefined();
  });

  test('MQTT-11: a will is taken in older versions, and a session is never present', async () => {
    const peer = new MqttPeer(stage().transport, 4);
    const will = { topic: 'w', payload: Buffer.from('x'), retain: true, qos: 2 as const };
    expect((await peer.connect({ clean: false, will }))[0]).toMatchObject({ returnCode: 0, sessionPresent: false });
  });

  test('MQTT-45: in MQTT 3.1 a user name may be announced and missing', async () => {
    const peer = new MqttPeer(stage().transport, 3);
    const body = Buffer.from('\0\x06MQIsdp\x03\xc2\0\0\0\x01a', 'latin1');
    expect(brief(await peer.send(Buffer.from([0x10, body.length]), body))).toEqual([{ cmd: 'connack', code: 4 }]);
  });

  test('a session that the host closes before its verdict arrives does not begin', async () => {
    const { host, transport } = stage();
    host.verdict = (open) => {
      const session = open();
      host.sessions[0]!.sink.close('TAKEN_OVER');
      return Promise.resolve(session);
    };
    const peer = new MqttPeer(transport);
    expect(brief(await peer.connect())).toEqual([{ cmd: 'connack', code: 3 }]);
    expect(peer.isEnded).toBe(true);
    expect(transport.connectionCount).toBe(0);
  });
});
