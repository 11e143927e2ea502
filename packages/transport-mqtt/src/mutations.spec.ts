import { duplexPair, type Duplex } from 'node:stream';
import { expect, test } from '@jest/globals';
import { mutate, randomNumbers, type RandomNumbers } from '@device-messaging/testkit';
import { generate } from 'mqtt-packet';
import { brief, connectPacket, PING, publishPacket, turn, VERSIONS, type Version } from './spec-support/mqtt-peer.js';
import { call, connected, stage, type Stage } from './spec-support/stage.js';

/** `MUTATIONS=1000000 MUTATION_SEED=7` runs more, and others. */
const MUTATIONS = Number(process.env['MUTATIONS'] ?? 20_000);
const SEED = Number(process.env['MUTATION_SEED'] ?? 1);
const BATCH = 200;
/** Every that many connections get a CONNECT that is damaged too. */
const DAMAGED_CONNECTS = 4;

/** Packets of every kind that a device sends. */
function samples(version: Version): Buffer[] {
  const options = { protocolVersion: version };
  const rich =
    version === 5
      ? {
          properties: {
            messageExpiryInterval: 5,
            correlationData: Buffer.from('c'),
            userProperties: { a: ['1', '2'] },
          },
        }
      : {};
  return [
    generate(
      publishPacket('v1/devices/me/rpc/request/1', '{"method":"x"}', { qos: 1, messageId: 1, ...rich }),
      options,
    ),
    generate(publishPacket('v1/devices/me/rpc/request/2', '{"method":"x"}', { qos: 2, messageId: 2 }), options),
    generate(publishPacket('v1/devices/me/rpc/response/3', '1'), options),
    generate(publishPacket('v1/devices/me/telemetry', '{}', { qos: 1, messageId: 3 }), options),
    generate(publishPacket('v1/devices/me/attributes/request/3', '{}'), options),
    generate(
      { cmd: 'subscribe', messageId: 4, subscriptions: [{ topic: 'v1/devices/me/rpc/request/+', qos: 1 }] },
      options,
    ),
    generate({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['v1/devices/me/rpc/request/+'] }, options),
    generate({ cmd: 'pubrel', messageId: 2 }, options),
    generate({ cmd: 'puback', messageId: 1 }, options),
    PING,
    generate({ cmd: 'disconnect', reasonCode: 0 }, options),
  ];
}

/** A device that sends damaged packets in chunks of any size, and then goes. */
function attack({ transport }: Stage, random: RandomNumbers): Duplex {
  const version = VERSIONS[random(3)]!;
  const [server, client] = duplexPair();
  client.on('error', () => undefined);
  client.resume();
  transport.accept(server);
  const properties = { maximumPacketSize: 40 + random(200), receiveMaximum: 1 + random(3) };
  const connect = generate(connectPacket(version, { keepalive: 10, ...(version === 5 ? { properties } : {}) }));
  const packets = samples(version);
  const first = random(DAMAGED_CONNECTS) === 0 ? mutate(connect, random) : connect;
  const bytes = [
    first,
    ...Array.from({ length: 1 + random(3) }, () => mutate(packets[random(packets.length)]!, random)),
  ];
  const stream = Buffer.concat(bytes);
  const cut = random(stream.length + 1);
  client.write(stream.subarray(0, cut));
  client.write(stream.subarray(cut));
  client.end();
  return server;
}

test('MQTT-44: damaged packets end their own connection at most, and leave nothing behind', async () => {
  const random = randomNumbers(SEED);
  const on = stage({ maxInFlight: 5, maxUnsentBytes: 2000, receiveMaximum: 3 });
  on.host.onRequest = (session, request) => {
    if (random(3) > 0) session.sink.answer(request.ref, Buffer.from('{"answer":true}'), 'answer');
  };
  const bystander = await connected(on, 5);
  await bystander.peer.subscribe({ topic: 'v1/devices/me/rpc/request/+', qos: 0 });
  let handed = 0;
  on.host.verdict = (open) => {
    const opened = open();
    const session = on.host.sessions.at(-1)!;
    session.onListen = () => {
      for (let id = 0; id < 4; id += 1) if (call(session, id) === 'handed') handed += 1;
    };
    return random(2) === 0 ? opened : Promise.resolve(opened);
  };

  for (let done = 0; done < MUTATIONS; done += BATCH) {
    const servers = Array.from({ length: BATCH }, () => attack(on, random));
    await turn();
    // Those that ask for more than they get answers to are not read to their end; the clock ends them.
    on.host.timers.advance(120_000);
    for (const session of on.host.sessions) {
      if (session !== bystander.session && session.closed === 0) session.sink.close('HOST_STOPPING');
    }
    on.host.timers.advance(120_000);
    await turn();
    expect(servers.every(({ destroyed }) => destroyed)).toBe(true);
    expect(on.transport.connectionCount).toBe(1);
    expect(on.host.openSessions).toBe(1);
    expect(on.host.errors).toEqual([]);
    on.host.sessions.splice(0, on.host.sessions.length, bystander.session);
    expect(brief(await bystander.peer.send(PING))).toEqual([{ cmd: 'pingresp' }]);
    expect(call(bystander.session, done)).toBe('handed');
    expect(brief(await bystander.peer.received())).toMatchObject([{ topic: `v1/devices/me/rpc/request/${done}` }]);
  }
  expect(handed).toBeGreaterThan(0);
  await on.transport.stop();
  expect(on.host.openSessions).toBe(0);
  expect(on.host.timers.pending).toBe(0);
}, 3_600_000);
