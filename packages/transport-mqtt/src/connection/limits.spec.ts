import { Duplex } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { generate } from 'mqtt-packet';
import type { MqttLimits } from '../mqtt-limits.js';
import { brief, connectPacket, MqttPeer, PING, publishPacket, turn, VERSIONS } from '../spec-support/mqtt-peer.js';
import { call, connected, stage, type Stage } from '../spec-support/stage.js';

const REQUEST = 'v1/devices/me/rpc/request/';
const CALLS = 'v1/devices/me/rpc/request/+';

/** A stream whose other end takes nothing until it is told to. */
class StubbornStream extends Duplex {
  readonly writes: number[] = [];
  readonly bytes: Buffer[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(private isOpen = true) {
    super();
  }

  override _read(): void {
    // Bytes are pushed by the test.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.accept([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.accept(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  block(): void {
    this.isOpen = false;
  }

  /** Completes the write under way. */
  step(): void {
    this.waiting.shift()?.();
  }

  private accept(chunks: Buffer[], done: () => void): void {
    this.writes.push(chunks.length);
    this.bytes.push(...chunks);
    if (this.isOpen) done();
    else this.waiting.push(done);
  }
}

/** A session on a stream that a test can block. */
async function stubborn(limits: Partial<MqttLimits>) {
  const { host, transport } = stage(limits);
  const stream = new StubbornStream();
  transport.accept(stream);
  stream.push(generate(connectPacket(4)));
  stream.push(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: CALLS, qos: 0 }] }));
  await turn();
  return { host, transport, stream, session: host.sessions[0]!, encode: generate };
}

/** How many requests of one chunk are handled in each turn of the event loop. */
async function handledInTurns({ host, transport }: Stage, packets: readonly Buffer[]): Promise<number[]> {
  host.onRequest = (session, request) => void session.sink.answer(request.ref, Buffer.from('1'), 'answer');
  const stream = new StubbornStream();
  transport.accept(stream);
  stream.push(generate(connectPacket(4, { clientId: 'noisy' })));
  await turn();
  const session = host.sessions.at(-1)!;
  stream.push(Buffer.concat(packets));
  const steps = [session.requests.length];
  for (let handled = steps[0]!; handled < packets.length; handled = session.requests.length) {
    await new Promise((resolve) => setImmediate(resolve));
    steps.push(session.requests.length - handled);
  }
  return steps;
}

describe('a device that sends without end', () => {
  test('QTA-14: has 64 packets handled, then others have their turn, then it goes on', async () => {
    const both = stage();
    const { peer } = await connected(both, 4, { clientId: 'other' });
    const packets = Array.from({ length: 1_000 }, (_, id) => generate(publishPacket(REQUEST + String(id), '{}')));
    const steps = await handledInTurns(both, packets);
    expect(Math.max(...steps)).toBe(64);
    expect(steps.filter((count) => count > 0)).toEqual([...new Array<number>(15).fill(64), 40]);
    expect(brief(await peer.send(PING))).toEqual([{ cmd: 'pingresp' }]);
  });

  test('QTA-14: large packets count by their size', async () => {
    const large = generate(publishPacket(`${REQUEST}1`, 'x'.repeat(20_000)));
    const steps = await handledInTurns(stage(), [large, large, large, large, large]);
    expect(steps.filter((count) => count > 0)).toEqual([2, 2, 1]);
  });

  test('QTA-14: that closes while it waits for its turn is forgotten', async () => {
    const { host, transport } = stage();
    const { peer, session } = await connected({ host, transport });
    host.onRequest = (asking, request) => {
      asking.sink.answer(request.ref, Buffer.from('1'), 'answer');
      if (request.ref !== undefined && asking.requests.length === 64) asking.sink.close('DEVICE_DELETED');
    };
    const many = Array.from({ length: 200 }, () => peer.encode(publishPacket(`${REQUEST}1`, '{}')));
    peer.stream.write(Buffer.concat(many));
    await turn();
    await turn();
    expect(session.requests).toHaveLength(64);
    expect(peer.isEnded).toBe(true);
    expect(host.errors).toEqual([]);
  });
});

describe('limits', () => {
  test.each(VERSIONS)('MQTT-39: level %i: a packet over the limit closes when its header is read', async (version) => {
    const { peer, session } = await connected(stage({ maxPacketBytes: 1000 }), version);
    const answer = brief(await peer.send(Buffer.from([0x30, 0xff, 0xff, 0x7f])));
    expect(answer).toEqual(version === 5 ? [{ cmd: 'disconnect', code: 0x95 }] : []);
    expect(peer.isEnded).toBe(true);
    expect(session.closed).toBeGreaterThan(0);
  });

  test('MQTT-39: also before CONNECT', async () => {
    const { transport } = stage();
    const peer = new MqttPeer(transport);
    expect(await peer.send(Buffer.from([0x10, 0xff, 0xff, 0x7f]))).toEqual([]);
    expect(peer.isEnded).toBe(true);
  });

  test('MQTT-40: requests over the limit are read when others are answered, in order', async () => {
    const { peer, session } = await connected(stage({ maxInFlight: 3 }));
    const requests = Array.from({ length: 10 }, (_, id) => publishPacket(`${REQUEST}${id}`, String(id)));
    expect(await peer.send(...requests, PING)).toEqual([]);
    expect(session.requests).toHaveLength(3);
    session.answer(1, 'a');
    await turn();
    expect(session.requests).toHaveLength(4);
    for (let index = 0; index < 10; index += 1) {
      if (index !== 1) session.answer(index, 'a');
      await turn();
    }
    expect(session.requests.map(({ payload }) => payload)).toEqual(Array.from({ length: 10 }, (_, id) => String(id)));
    expect(brief(await peer.received()).filter(({ cmd }) => cmd === 'pingresp')).toHaveLength(1);
  });

  test('MQTT-40: a host that answers at once is never waited for', async () => {
    const { host, transport } = stage({ maxInFlight: 1 });
    host.onRequest = (session, request) => void session.sink.answer(request.ref, Buffer.from('1'), 'answer');
    const { peer } = await connected({ host, transport });
    const requests = Array.from({ length: 50 }, (_, id) => publishPacket(`${REQUEST}${id}`, '{}'));
    expect(await peer.send(...requests)).toHaveLength(50);
  });

  test('MQTT-40: the stream itself is paused, so that the network holds the sender back', async () => {
    const { stream, session, encode } = await stubborn({ maxInFlight: 1 });
    stream.push(encode(publishPacket(`${REQUEST}1`, '{}')));
    await turn();
    expect(stream.isPaused()).toBe(true);
    session.answer(0, '1');
    await turn();
    expect(stream.isPaused()).toBe(false);
  });

  test('MQTT-41: above the limit calls are refused as busy and nothing is read, until the network took it', async () => {
    const { stream, session, encode } = await stubborn({ maxUnsentBytes: 1000 });
    stream.block();
    const params = JSON.stringify('x'.repeat(300));
    const outcomes = [1, 2, 3, 4, 5].map((id) => call(session, id, params));
    expect(outcomes).toEqual(['handed', 'handed', 'handed', 'busy', 'busy']);
    await turn();
    expect(stream.isPaused()).toBe(true);
    stream.push(encode(publishPacket(`${REQUEST}1`, '{}')));
    await turn();
    expect(session.requests).toEqual([]);
    const later: string[] = [];
    session.onResume = () => void later.push(call(session, 4));
    stream.step();
    await turn();
    expect(session.resumed).toBe(1);
    expect(later).toEqual(['handed']);
    expect(session.requests).toHaveLength(1);
  });

  test('MQTT-41: answers are written still', async () => {
    const { host, stream, session, encode } = await stubborn({ maxUnsentBytes: 500 });
    stream.push(encode(publishPacket(`${REQUEST}1`, '{}')));
    await turn();
    stream.block();
    call(session, 1, JSON.stringify('x'.repeat(1000)));
    expect(session.answer(0, '"late"')).toBe('sent');
    await turn();
    stream.step();
    await turn();
    expect(Buffer.concat(stream.bytes).includes('"late"')).toBe(true);
    expect(host.timers.pending).toBe(0);
  });

  test('MQTT-42: a connection that takes nothing is cut off, one that takes little is not', async () => {
    const { host, stream, session, transport, encode } = await stubborn({ maxUnsentBytes: 100 });
    stream.push(encode(publishPacket(`${REQUEST}1`, '{}')));
    await turn();
    stream.block();
    call(session, 1, JSON.stringify('x'.repeat(200)));
    await turn();
    session.answer(0, JSON.stringify('x'.repeat(300)));
    host.timers.advance(9_999);
    stream.step();
    await turn();
    host.timers.advance(9_999);
    expect(stream.destroyed).toBe(false);
    host.timers.advance(10_001);
    expect(stream.destroyed).toBe(true);
    expect(session.closed).toBe(1);
    expect(transport.connectionCount).toBe(0);
    expect(host.timers.pending).toBe(0);
  });

  test('MQTT-51: what is written in one tick leaves together', async () => {
    const { stream, session } = await stubborn({});
    stream.writes.length = 0;
    for (let id = 0; id < 20; id += 1) call(session, id);
    expect(stream.writes).toEqual([]);
    await turn();
    expect(stream.writes).toEqual([1]);
    stream.writes.length = 0;
    for (let id = 0; id < 5; id += 1) call(session, id, JSON.stringify('x'.repeat(10_000)));
    await turn();
    expect(stream.writes).toEqual([15]);
  });
});

describe('time', () => {
  test('MQTT-2: a connection without CONNECT ends after 10 s', async () => {
    const { host, transport } = stage();
    const peer = new MqttPeer(transport);
    await peer.send(Buffer.from([0x10, 20, 0, 4]));
    host.timers.advance(9_999);
    await turn();
    expect(peer.isEnded).toBe(false);
    host.timers.advance(1);
    await turn();
    expect(peer.isEnded).toBe(true);
    expect(transport.connectionCount).toBe(0);
    expect(host.timers.pending).toBe(0);
  });

  test.each(VERSIONS)('MQTT-43: level %i: silence of 1.5 keep-alive intervals closes', async (version) => {
    const { host, transport } = stage();
    const { peer, session } = await connected({ host, transport }, version, { keepalive: 10 });
    host.timers.advance(14_000);
    expect(brief(await peer.send(PING))).toEqual([{ cmd: 'pingresp' }]);
    host.timers.advance(14_999);
    await turn();
    expect(peer.isEnded).toBe(false);
    host.timers.advance(1);
    expect(brief(await peer.received())).toEqual(version === 5 ? [{ cmd: 'disconnect', code: 0x8d }] : []);
    expect(peer.isEnded).toBe(true);
    expect(session.closed).toBeGreaterThan(0);
    expect(host.timers.pending).toBe(0);
  });

  test('MQTT-43: one timer a connection, however many packets come in', async () => {
    const { host, transport } = stage();
    const { peer } = await connected({ host, transport }, 4, { keepalive: 10 });
    let armed = 0;
    const after = host.timers.after.bind(host.timers);
    host.timers.after = (delayMs, run) => {
      armed += 1;
      return after(delayMs, run);
    };
    for (let count = 0; count < 20; count += 1) await peer.send(PING);
    expect(armed).toBe(0);
    expect(host.timers.pending).toBe(1);
  });

  test('MQTT-43: keep-alive 0 sets no limit', async () => {
    const { host, transport } = stage();
    const { peer } = await connected({ host, transport });
    expect(host.timers.pending).toBe(0);
    host.timers.advance(1e9);
    expect(brief(await peer.send(PING))).toEqual([{ cmd: 'pingresp' }]);
  });

  test('MQTT-43: time in which the device is not read does not count', async () => {
    const { host, transport } = stage({ maxInFlight: 1 });
    const { peer, session } = await connected({ host, transport }, 4, { keepalive: 10 });
    await peer.publish(`${REQUEST}1`, '{}');
    host.timers.advance(100_000);
    session.answer(0, '1');
    await turn();
    expect(peer.isEnded).toBe(false);
    host.timers.advance(14_999);
    await turn();
    expect(peer.isEnded).toBe(false);
    host.timers.advance(15_000);
    await turn();
    expect(peer.isEnded).toBe(true);
  });
});
