import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { WebSocketStream } from './web-socket-stream.js';

describe('WebSocketStream', () => {
  let server: WebSocketServer;
  let client: WebSocket;
  let stream: WebSocketStream;

  beforeEach(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[WebSocket]>;
    client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    client.on('error', () => undefined);
    stream = new WebSocketStream((await accepted)[0]);
    stream.on('error', () => undefined);
    if (client.readyState !== client.OPEN) await once(client, 'open');
  });

  afterEach(() => {
    client.terminate();
    stream.destroy();
    server.close();
  });

  const text = (): string[] => {
    const parts: string[] = [];
    stream.on('data', (part: Buffer) => parts.push(String(part)));
    return parts;
  };

  it('hands on binary messages in their order', async () => {
    const parts = text();
    for (const part of ['a', 'b', 'c']) client.send(Buffer.from(part));
    client.close();
    await once(stream, 'end');
    expect(parts.join('')).toBe('abc');
  });

  it('NET-10: ends at a text, without waiting for the client, and hands on nothing that comes after it', async () => {
    const parts = text();
    client.send(Buffer.from('before'));
    client.send('text');
    client.send(Buffer.from('after'));
    client.pause();
    await once(stream, 'end');
    expect(parts).toEqual(['before']);
    client.resume();
    expect((await once(client, 'close'))[0]).toBe(1_003);
  });

  it('NET-13: reads no more than it is asked for', async () => {
    const mebibyte = Buffer.alloc(1_048_576);
    for (let i = 0; i < 40; i++) client.send(mebibyte);
    // Until nothing moves: the kernel's buffers are full, and stay so.
    for (let before = -1, still = 0; still < 10; still++) {
      if (client.bufferedAmount !== before) still = 0;
      before = client.bufferedAmount;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(client.bufferedAmount).toBeGreaterThan(20 * mebibyte.length);
    expect(stream.readableLength).toBeLessThan(3 * mebibyte.length);
    let read = 0;
    stream.on('data', ({ length }: Buffer) => (read += length));
    while (read < 40 * mebibyte.length) await once(stream, 'data');
  });

  it('joins what waits to frames of 64 KiB at most, and loses nothing', async () => {
    const frames: Buffer[] = [];
    client.on('message', (frame: Buffer) => frames.push(frame));
    stream.cork();
    for (let i = 0; i < 1_000; i++) stream.write(Buffer.alloc(300, i));
    stream.uncork();
    stream.end();
    await once(client, 'close');
    expect(Buffer.concat(frames)).toEqual(Buffer.concat(Array.from({ length: 1_000 }, (_, i) => Buffer.alloc(300, i))));
    expect(frames.length).toBeLessThan(10);
    expect(Math.max(...frames.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
  });

  it('NET-12: is finished when the client has answered the close frame, and destroyed after that', async () => {
    const parts = text();
    client.pause();
    stream.end('goodbye');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stream.writableFinished).toBe(false);
    client.resume();
    const closed = once(stream, 'close');
    expect(((await once(client, 'close')) as [number])[0]).toBe(1_000);
    await closed;
    expect([parts, stream.writableFinished, stream.destroyed]).toEqual([[], true, true]);
  });

  it('NET-12: is cut off when it is destroyed', async () => {
    const ends = Promise.all([once(client, 'close'), once(stream, 'close')]);
    stream.destroy();
    expect((await ends)[0][0]).toBe(1_006);
  });

  it('NET-12: fails a write when the client is gone, and closes', async () => {
    stream.resume();
    client.terminate();
    await once(stream, 'end');
    const failed = new Promise((resolve) => stream.write('x', resolve));
    expect(await failed).toBeInstanceOf(Object);
    if (!stream.closed) await once(stream, 'close');
  });
});
