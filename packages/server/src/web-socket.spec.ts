import { once } from 'node:events';
import { TestCertificate } from '@device-messaging/testkit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, type ClientOptions } from 'ws';
import type { RunningServer } from './server.js';
import { lastResponse, RawClient } from './spec-support/raw-client.js';
import { ServerBench } from './spec-support/server-bench.js';

/** CONNECT of MQTT 3.1.1 with the token of a device, clean session, keep-alive 60 s. */
function connectPacket(token: string): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
  const body = Buffer.concat([text('MQTT'), Buffer.from([4, 0x82, 0, 60]), text('client'), text(token)]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

const CONNACK = '20020000';
const PINGREQ = Buffer.from([0xc0, 0]);
const PINGRESP = 'd000';

const A1_ID = 'ce06a480-9fce-11e6-8080-808080808080';
/** Of a call, its envelope apart. */
const PUBLISHED_BYTES = 50_000;

/** What a client of WebSocket hears. */
class Peer {
  readonly frames: string[] = [];
  closeCode: number | undefined;
  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.frames.push(data.toString('hex')));
    socket.on('close', (code) => (this.closeCode = code));
    socket.on('error', () => undefined);
  }

  static async open(url: string, protocols: string[] = ['mqtt'], options: ClientOptions = {}): Promise<Peer> {
    const peer = new Peer(new WebSocket(url, protocols, { rejectUnauthorized: false, ...options }));
    await Promise.race([once(peer.socket, 'open'), once(peer.socket, 'close')]);
    return peer;
  }

  get bytes(): string {
    return this.frames.join('');
  }

  async until(hex: string): Promise<void> {
    while (!this.bytes.includes(hex)) {
      if (this.closeCode !== undefined) throw new Error(`Closed with ${this.closeCode} after ${this.bytes}`);
      await Promise.race([once(this.socket, 'message'), once(this.socket, 'close')]);
    }
  }

  async untilClosed(): Promise<number> {
    while (this.closeCode === undefined) await once(this.socket, 'close');
    return this.closeCode;
  }
}

describe('MQTT over WebSocket', () => {
  let bench: ServerBench;
  let server: RunningServer;
  let peers: Peer[];

  beforeEach(async () => {
    [bench, peers] = [new ServerBench(), []];
    server = await bench.startWith(new TestCertificate({ commonName: 'localhost' }));
  });

  afterEach(async () => {
    for (const { socket } of peers) socket.terminate();
    await bench.stop();
  });

  const open = async (...args: [protocols?: string[], options?: ClientOptions, path?: string]): Promise<Peer> => {
    const [protocols, options, path = '/mqtt'] = args;
    const peer = await Peer.open(`ws://127.0.0.1:${server.http.port}${path}`, protocols, options);
    peers.push(peer);
    return peer;
  };

  const connected = async (): Promise<Peer> => {
    const peer = await open();
    peer.socket.send(connectPacket('A1_TEST_TOKEN'));
    await peer.until(CONNACK);
    return peer;
  };

  const sessionsAre = async (count: number): Promise<void> => {
    while (server.control.statistics().sessions !== count) await new Promise(setImmediate);
  };

  it.each([
    ['ws', ['mqtt'], 'mqtt'],
    ['wss', ['mqttv3.1'], 'mqttv3.1'],
    ['ws', ['chat', 'mqttv3.1', 'mqtt'], 'mqtt'],
  ])('NET-8: is spoken over %s with a client that offers %j', async (scheme, offered, chosen) => {
    const { port } = scheme === 'wss' ? server.https! : server.http;
    const peer = await Peer.open(`${scheme}://127.0.0.1:${port}/mqtt?any=query`, offered);
    peers.push(peer);
    expect(peer.socket.protocol).toBe(chosen);
    peer.socket.send(connectPacket('A1_TEST_TOKEN'));
    await peer.until(CONNACK);
  });

  it.each([
    ['no subprotocol', '/mqtt', '', 400, 'The subprotocol must be mqtt.'],
    ['another subprotocol', '/mqtt', 'Sec-WebSocket-Protocol: mqtt5, chat\r\n', 400, 'The subprotocol must be mqtt.'],
    [
      'another path',
      '/api/v1/SECRET/mqtt',
      'Sec-WebSocket-Protocol: mqtt\r\n',
      404,
      'MQTT over WebSocket is at /mqtt.',
    ],
  ])('NET-9: refuses a handshake with %s', async (_what, path, header, status, error) => {
    const client = await RawClient.connect(server.http.port);
    client.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${header}\r\n`,
    );
    await client.until('}');
    expect(lastResponse(client.text)).toEqual([status, JSON.stringify({ error })]);
    client.destroy();
  });

  it.each([
    ['the key', 'Sec-WebSocket-Version: 13\r\n'],
    ['the version', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'],
  ])('NET-9: refuses a handshake without %s', async (_what, header) => {
    const client = await RawClient.connect(server.http.port);
    const rest = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: mqtt\r\n${header}`;
    client.write(`GET /mqtt HTTP/1.1\r\nHost: x\r\n${rest}\r\n`);
    expect(lastResponse(await client.untilClosed())[0]).toBe(400);
  });

  it('NET-10: takes several packets in a message, and one in several', async () => {
    const peer = await connected();
    const connect = Buffer.concat([PINGREQ, PINGREQ]);
    peer.socket.send(connect);
    peer.socket.send(PINGREQ.subarray(0, 1));
    peer.socket.send(PINGREQ.subarray(1), { fin: false });
    peer.socket.send(PINGREQ, { fin: true });
    await peer.until(PINGRESP.repeat(4));
  });

  it('NET-10: closes at a text, and takes nothing of it nor after it', async () => {
    const peer = await connected();
    const before = peer.bytes;
    peer.socket.send(PINGREQ.toString('latin1').replace('\xc0', '\u00c0'), { binary: false });
    peer.socket.send(PINGREQ);
    expect(await peer.untilClosed()).toBe(1_003);
    expect(peer.bytes).toBe(before);
    await sessionsAre(0);
  });

  it.each([
    ['in one frame', (socket: WebSocket) => socket.send(Buffer.alloc(262_145)), 1_009],
    [
      'in many',
      (socket: WebSocket) => {
        for (let i = 0; i < 5_000; i++) socket.send(Buffer.alloc(0), { fin: false });
      },
      1_008,
    ],
  ])('NET-10: closes at a message that is too large %s', async (_how, send, code) => {
    const peer = await connected();
    send(peer.socket);
    expect(await peer.untilClosed()).toBe(code);
    await sessionsAre(0);
  });

  it('NET-10: closes at frames that are none', async () => {
    const peer = await connected();
    const raw = (peer.socket as unknown as { _socket: { write: (bytes: Buffer) => void } })._socket;
    raw.write(Buffer.from([0xff, 0xff, 1, 2, 3, 4, 5, 6]));
    expect(await peer.untilClosed()).toBe(1_002);
    await sessionsAre(0);
  });

  it('NET-10: compresses nothing', async () => {
    const peer = await open(['mqtt'], { perMessageDeflate: true });
    expect(peer.socket.extensions).toBe('');
  });

  it('NET-11: pages of any origin may connect', async () => {
    const peer = await open(['mqtt'], { origin: 'https://elsewhere.example' });
    peer.socket.send(connectPacket('A1_TEST_TOKEN'));
    await peer.until(CONNACK);
  });

  it('NET-12: what MQTT refuses is read before the WebSocket closes', async () => {
    const peer = await open();
    peer.socket.send(connectPacket('UNKNOWN'));
    expect(await peer.untilClosed()).toBe(1_000);
    expect(peer.bytes).toBe('20020005');
  });

  it.each([
    ['closes', (socket: WebSocket) => socket.close(1_000)],
    ['is gone', (socket: WebSocket) => socket.terminate()],
    ['disconnects', (socket: WebSocket) => socket.send(Buffer.from([0xe0, 0]))],
  ])('NET-12: the session ends when the client %s', async (_how, leave) => {
    const peer = await connected();
    await sessionsAre(1);
    leave(peer.socket);
    await peer.untilClosed();
    await sessionsAre(0);
  });

  it('NET-12: a server that stops closes every WebSocket, and leaves nothing', async () => {
    const peer = await connected();
    const idle = await open();
    await server.stop();
    expect([await peer.untilClosed(), await idle.untilClosed()]).toEqual([1_000, 1_000]);
  });

  it('NET-12: a client that does not answer the close frame is cut off', async () => {
    const peer = await connected();
    peer.socket.pause();
    const began = Date.now();
    await server.stop();
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(server.control.statistics().sessions).toBe(0);
  });

  it('NET-13: a client that reads nothing is handed no more than the limit', async () => {
    const peer = await connected();
    // SUBSCRIBE to all calls, QoS 0.
    const filter = 'v1/devices/me/rpc/request/+';
    peer.socket.send(
      Buffer.concat([
        Buffer.from([0x82, filter.length + 5, 0, 1, 0, filter.length]),
        Buffer.from(filter),
        Buffer.from([0]),
      ]),
    );
    await peer.until('90030001');
    peer.socket.pause();
    const body = 'x'.repeat(PUBLISHED_BYTES);
    const send = (): Promise<Response> =>
      fetch(`http://127.0.0.1:${server.http.port}/api/v1/A2_TEST_TOKEN/rpc`, {
        method: 'POST',
        body: JSON.stringify({ method: 'sendMsg', params: { deviceId: A1_ID, body, oneway: true, timeout: 500 } }),
      });
    // 40 MB, more than the buffers of the kernel hold.
    const texts: string[] = [];
    for (let i = 0; i < 40; i++) {
      const answers = await Promise.all(Array.from({ length: 20 }, send));
      texts.push(...(await Promise.all(answers.map((answer) => answer.text()))));
      if (texts.at(-1) !== 'null') break;
    }
    expect(texts.at(-1)).toBe('{"error":"No active connection to the remote device!"}');
    expect(texts[0]).toBe('null');
    const handed = texts.filter((text) => text === 'null').length;
    // What the buffers of two kernels hold; the server's own limit is 5 calls.
    expect(handed).toBeLessThan(400);
    peer.socket.resume();
    const length = PUBLISHED_BYTES * handed;
    while (peer.frames.reduce((sum, frame) => sum + frame.length / 2, 0) < length) await once(peer.socket, 'message');
    expect(await (await send()).text()).toBe('null');
  });
});
