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
    listener.closeConnections();
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

  it('survives connections that break', async () => {
    const client = await connected();
    accepted[0]?.socket.destroy(new Error('broken pipe'));
    await once(client.resume(), 'close');
    accepted = [];
    (await connected()).destroy();
    expect(accepted).toHaveLength(1);
  });

  it('keeps connections open when it stops listening, and cuts them when told', async () => {
    const client = await connected();
    listener.stopListening();
    const refused = connect(port, '127.0.0.1');
    await expect(once(refused, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const echoed = once(client, 'data');
    accepted[0]?.socket.write('still here');
    expect(String((await echoed)[0])).toBe('still here');
    const closed = once(client, 'close');
    listener.closeConnections();
    await closed;
  });
});
