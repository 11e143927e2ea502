import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PinoLogger } from '../logging/pino-logger.js';
import { TcpListener } from './tcp-listener.js';

describe('TcpListener', () => {
  let listener: TcpListener;
  let accepted: { socket: Socket; remoteAddress: string | undefined }[];
  let port: number;

  beforeEach(async () => {
    accepted = [];
    listener = new TcpListener(
      { protocol: 'MQTT', bindAddress: '127.0.0.1', bindPort: 0 },
      (socket, { remoteAddress }) => void accepted.push({ socket, remoteAddress }),
      new PinoLogger('silent', { write: () => undefined }),
    );
    ({ port } = await listener.listen());
  });

  afterEach(() => {
    listener.stopListening();
    for (const { socket } of accepted) socket.destroy();
  });

  const connected = async (): Promise<Socket> => {
    const client = connect(port, '127.0.0.1');
    await once(client, 'connect');
    while (accepted.length === 0) await new Promise(setImmediate);
    return client;
  };

  it('passes a connection on with the address that it comes from', async () => {
    const client = await connected();
    expect(accepted).toHaveLength(1);
    expect(accepted[0]?.remoteAddress).toBe('127.0.0.1');
    client.destroy();
  });

  it('leaves reading to whoever takes a connection over', async () => {
    const client = await connected();
    client.write('hello');
    expect(accepted[0]?.socket.isPaused()).toBe(true);
    const read = once(accepted[0]!.socket, 'data');
    accepted[0]!.socket.resume();
    expect(String((await read)[0])).toBe('hello');
    client.destroy();
  });

  it('keeps connections open when it stops listening', async () => {
    const client = await connected();
    listener.stopListening();
    const refused = connect(port, '127.0.0.1');
    await expect(once(refused, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const echoed = once(client, 'data');
    accepted[0]?.socket.write('still here');
    expect(String((await echoed)[0])).toBe('still here');
    client.destroy();
  });
});
