import { mutate, randomNumbers, settle, type RandomNumbers } from '@device-messaging/testkit';
import { expect, test } from '@jest/globals';
import { ACK, encode, NON, RST, type Message } from './spec-support/packet.js';
import { ATTRIBUTES, call, Device, RPC, Stage } from './spec-support/stage.js';

/** `MUTATIONS=1000000 MUTATION_SEED=7` runs more, and others. */
const MUTATIONS = Number(process.env['MUTATIONS'] ?? 20_000);
const SEED = Number(process.env['MUTATION_SEED'] ?? 1);
const BATCH = 500;
const ENDPOINTS = 20;
/** Everything that is remembered of an endpoint is forgotten by then. */
const FORGOTTEN_MS = 600_000;

/** Messages of every kind that a device sends. */
const SAMPLES: readonly Message[] = [
  { code: 'POST', path: RPC, payload: '{"method":"x"}', token: 'a' },
  { code: 'POST', path: RPC, payload: '{"method":"x"}', type: NON, token: 'a', accept: 50 },
  { code: 'POST', path: `${RPC}/7`, payload: '1' },
  { code: 'POST', path: 'api/v1/token/telemetry', payload: '{}' },
  { code: 'POST', path: ATTRIBUTES, payload: '{}', requestTag: 'r', size1: 2 },
  { code: 'GET', path: ATTRIBUTES },
  { code: 'GET', path: '.well-known/core', accept: 40 },
  { code: 'GET', path: RPC, observe: 0, token: 'o' },
  { code: 'GET', path: RPC, observe: 0, token: 'p', block2: [0, false, 1] },
  { code: 'GET', path: RPC, observe: 1, token: 'o' },
  { code: 'GET', path: RPC, token: 'b', block2: [1, false, 2] },
  { code: 'POST', path: RPC, token: 'b', block2: [2, false, 6] },
  { code: 'POST', path: RPC, payload: 'x'.repeat(16), block1: [0, true, 0] },
  { code: 'POST', path: RPC, payload: 'x'.repeat(16), block1: [1, true, 0] },
  { code: 'POST', path: RPC, payload: 'x'.repeat(3), block1: [2, false, 0], block2: [0, false, 0] },
  { type: ACK },
  { type: RST },
  {},
  { code: '2.05', payload: 'x', token: 'o' },
];

/** A device that sends damaged messages, and acknowledges some of what it gets. */
function attack(device: Device, random: RandomNumbers): void {
  const sample = encode({ id: random(500), ...SAMPLES[random(SAMPLES.length)] });
  for (const { type, id } of device.raw(mutate(sample, random))) {
    if (type === 'CON' && random(3) > 0) device.raw(encode({ type: random(4) === 0 ? RST : ACK, id }));
  }
}

function answerPings(device: Device): void {
  for (const { id, code } of device.take()) if (code === '0.00') device.raw(encode({ type: RST, id }));
}

test('COAP-40: damaged datagrams hurt nobody, and leave nothing behind', async () => {
  const random = randomNumbers(SEED);
  const stage = new Stage({ maxBodyBytes: 400, maxReceiptsPerEndpoint: 50, maxObserversPerEndpoint: 3 });
  const { host, transport } = stage;
  host.onRequest = (session, { ref }) => {
    if (random(3) > 0) session.sink.answer(ref, Buffer.from('x'.repeat(random(2_000))), 'answer');
  };
  const bystander = new Device(transport, { address: '198.51.100.7', port: 5_683 });
  bystander.observe('obs');
  const watching = stage.session;
  let handed = 0;
  host.verdict = (open) => {
    const opened = open();
    const session = host.sessions.at(-1)!;
    session.onListen = () => {
      if (call(session, 1, JSON.stringify('y'.repeat(random(2_000)))) === 'unconfirmed') handed += 1;
    };
    return random(2) === 0 ? opened : Promise.resolve(opened);
  };

  for (let done = 0; done < MUTATIONS; done += BATCH) {
    const devices = Array.from(
      { length: ENDPOINTS },
      (_, port) => new Device(transport, { address: '203.0.113.9', port: 1_024 + port }),
    );
    for (let sent = 0; sent < BATCH; sent += 1) {
      attack(devices[random(ENDPOINTS)]!, random);
      if (random(50) === 0) await settle();
      if (random(50) === 0) stage.advance(random(3_000));
    }
    await settle();
    // Those whose requests were not answered, and all observers but the bystander, are dismissed.
    for (const session of host.sessions)
      if (session !== watching && session.closed === 0) session.sink.close('DEVICE_DELETED');
    host.sessions.splice(0, host.sessions.length, watching);
    answerPings(bystander);
    expect(call(watching, done)).toBe('unconfirmed');
    const notification = bystander.take().find(({ code }) => code === '2.05')!;
    expect(notification.payload).toContain(`{"id":${done},`);
    bystander.acknowledge(notification);
    expect(watching.confirmed.at(-1)).toBe(done);
    expect(transport.observerCount).toBe(1);
    for (let passed = 0; passed < FORGOTTEN_MS; passed += 100_000) {
      stage.advance(100_000);
      answerPings(bystander);
    }
    expect([transport.endpointCount, transport.observerCount, watching.closed]).toEqual([1, 1, 0]);
    expect(host.errors).toEqual([]);
  }
  expect(handed).toBeGreaterThan(0);
  transport.stop();
  expect([transport.endpointCount, host.openSessions, host.timers.pending]).toEqual([0, 0, 0]);
}, 3_600_000);
