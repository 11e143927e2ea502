import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SharedBufferSocket } from './shared-buffer-socket.js';

describe('SharedBufferSocket', () => {
  let server: Server;
  let accepted: SharedBufferSocket[];

  beforeEach(async () => {
    accepted = [];
    server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
      const shared = SharedBufferSocket.of(socket);
      // On every Node.js that the tests run on there is what it takes.
      if (shared === undefined) throw new Error('A socket has no handle, or its handle takes no buffer');
      accepted.push(shared);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    for (const { socket } of accepted) socket.destroy();
    server.close();
  });

  const connected = async (): Promise<{ client: Socket; shared: SharedBufferSocket; socket: Socket }> => {
    const before = accepted.length;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(client, 'connect');
    while (accepted.length === before) await new Promise(setImmediate);
    const shared = accepted.at(-1)!;
    return { client, shared, socket: shared.socket };
  };

  /** What is received, copied while it holds. */
  const received = (shared: SharedBufferSocket): Buffer[] => {
    const chunks: Buffer[] = [];
    shared.readInto({ receive: (buffer, end) => void chunks.push(Buffer.from(buffer.subarray(0, end))) });
    return chunks;
  };

  const arrived = async (chunks: readonly Buffer[], length: number): Promise<Buffer> => {
    while (Buffer.concat(chunks).length < length) await new Promise(setImmediate);
    return Buffer.concat(chunks);
  };

  test('every socket gets its own bytes, in order, whatever the others receive', async () => {
    const pairs = [await connected(), await connected(), await connected()];
    const chunks = pairs.map(({ shared }) => received(shared));
    const sent = pairs.map((_, index) => Buffer.alloc(300_000, index + 1));
    for (const [index, { client }] of pairs.entries()) client.write(sent[index]!);
    for (const [index, bytes] of sent.entries()) {
      expect((await arrived(chunks[index]!, bytes.length)).equals(bytes)).toBe(true);
    }
    for (const { client } of pairs) client.destroy();
  });

  test('it writes, and knows where it is connected', async () => {
    const { client, socket } = await connected();
    const answer = once(client, 'data');
    socket.write('hello');
    expect(String((await answer)[0])).toBe('hello');
    expect(socket.remoteAddress).toBe('127.0.0.1');
    client.destroy();
  });

  test('nothing is read before there is somebody to receive', async () => {
    const { client, shared } = await connected();
    client.write('early');
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    expect(String(await arrived(received(shared), 5))).toBe('early');
    client.destroy();
  });

  test('a paused socket receives nothing until it goes on', async () => {
    const { client, shared, socket } = await connected();
    const chunks = received(shared);
    socket.pause();
    client.write('later');
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    expect(chunks).toEqual([]);
    socket.resume();
    expect(String(await arrived(chunks, 5))).toBe('later');
    client.destroy();
  });

  test('the end and the reset of a connection are told', async () => {
    const ending = await connected();
    received(ending.shared);
    ending.client.end();
    await once(ending.socket, 'end');
    ending.socket.end();
    await once(ending.socket, 'close');

    const breaking = await connected();
    received(breaking.shared);
    const failed = once(breaking.socket, 'error');
    breaking.client.resetAndDestroy();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  test('its server can close: it does not count the connection any more', async () => {
    const { client, shared } = await connected();
    const closed = once(server, 'close');
    server.close();
    await closed;
    const chunks = received(shared);
    client.write('still here');
    expect(String(await arrived(chunks, 10))).toBe('still here');
    client.destroy();
  });

  test('a socket without what it takes is left as it is', () => {
    const socket = connect({ port: 1, host: '127.0.0.1' }).on('error', () => undefined);
    const { _handle } = socket as unknown as { _handle: object };
    (socket as unknown as { _handle: object })._handle = {};
    expect(SharedBufferSocket.of(socket)).toBeUndefined();
    (socket as unknown as { _handle: object })._handle = _handle;
    socket.destroy();
  });
});
