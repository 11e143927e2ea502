import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readThroughSharedBuffer } from './shared-read-buffer.js';

describe('readThroughSharedBuffer', () => {
  let server: Server;
  let accepted: Socket[];

  beforeEach(async () => {
    accepted = [];
    server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
      const reading = readThroughSharedBuffer(socket);
      // On every Node.js that the tests run on there is what it takes.
      expect(reading).not.toBe(socket);
      accepted.push(reading);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  const connected = async (): Promise<{ client: Socket; socket: Socket }> => {
    const before = accepted.length;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(client, 'connect');
    while (accepted.length === before) await new Promise(setImmediate);
    return { client, socket: accepted.at(-1)! };
  };

  /** What a socket receives, copied while it holds. */
  const received = (socket: Socket): Buffer[] => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
    return chunks;
  };

  const arrived = async (chunks: readonly Buffer[], length: number): Promise<Buffer> => {
    while (Buffer.concat(chunks).length < length) await new Promise(setImmediate);
    return Buffer.concat(chunks);
  };

  test('every socket gets its own bytes, in order, whatever the others receive', async () => {
    const pairs = [await connected(), await connected(), await connected()];
    const chunks = pairs.map(({ socket }) => received(socket));
    const sent = pairs.map((_, index) => Buffer.alloc(300_000, index + 1));
    for (const [index, { client }] of pairs.entries()) client.write(sent[index]!);
    for (const [index, bytes] of sent.entries()) {
      expect((await arrived(chunks[index]!, bytes.length)).equals(bytes)).toBe(true);
    }
    for (const { client } of pairs) client.destroy();
  });

  test('it writes, and knows where it is connected', async () => {
    const { client, socket } = await connected();
    const chunks = received(client);
    socket.write('hello');
    expect(String(await arrived(chunks, 5))).toBe('hello');
    expect(socket.remoteAddress).toBe('127.0.0.1');
    client.destroy();
  });

  test('a paused socket receives nothing until it goes on', async () => {
    const { client, socket } = await connected();
    const chunks = received(socket);
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
    received(ending.socket);
    ending.client.end();
    await once(ending.socket, 'end');
    ending.socket.end();
    await once(ending.socket, 'close');

    const breaking = await connected();
    received(breaking.socket);
    const failed = once(breaking.socket, 'error');
    breaking.client.resetAndDestroy();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  test('its server can close: it does not count the connection any more', async () => {
    const { client, socket } = await connected();
    const closed = once(server, 'close');
    server.close();
    await closed;
    const chunks = received(socket);
    client.write('still here');
    expect(String(await arrived(chunks, 10))).toBe('still here');
    client.destroy();
  });

  test('a socket without what it takes is left as it is', () => {
    const socket = connect({ port: 1, host: '127.0.0.1' }).on('error', () => undefined);
    const { _handle } = socket as unknown as { _handle: object };
    (socket as unknown as { _handle: object })._handle = {};
    expect(readThroughSharedBuffer(socket)).toBe(socket);
    (socket as unknown as { _handle: object })._handle = _handle;
    socket.destroy();
  });
});
