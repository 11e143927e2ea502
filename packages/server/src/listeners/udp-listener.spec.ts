import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { RecordingLogger } from '@device-messaging/testkit';
import type { Endpoint } from '@device-messaging/transport-coap';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UdpListener } from './udp-listener.js';

describe('UdpListener', () => {
  let logger: RecordingLogger;
  let received: { text: string; from: Endpoint }[];
  let listeners: UdpListener[];
  let client: Socket;

  beforeEach(() => {
    [logger, received, listeners] = [new RecordingLogger(), [], []];
    client = createSocket('udp4');
  });

  afterEach(async () => {
    client.close();
    for (const listener of listeners) await listener.close();
  });

  const listenerAt = (bindAddress: string, bindPort = 0): UdpListener => {
    const listener = new UdpListener(
      { protocol: 'CoAP', bindAddress, bindPort },
      (datagram, from, channel) => {
        received.push({ text: String(datagram), from });
        channel.send(Buffer.from(`you said ${String(datagram)}`), from);
      },
      logger,
    );
    listeners.push(listener);
    return listener;
  };

  it('passes datagrams on, and sends from the port at which it is found', async () => {
    const { port, address } = await listenerAt('127.0.0.1').listen();
    client.send('hello', port, address);
    const [answer, from] = (await once(client, 'message')) as [Buffer, Endpoint];
    expect(String(answer)).toBe('you said hello');
    expect(from).toMatchObject({ address, port });
    expect(received).toEqual([{ text: 'hello', from: { address: '127.0.0.1', port: client.address().port } }]);
  });

  it('NET-7: loses a datagram that cannot be sent, and goes on', async () => {
    const listener = listenerAt('127.0.0.1');
    const { port, address } = await listener.listen();
    listener.send(Buffer.from('x'), { address: '127.0.0.1', port: 0 });
    listener.send(Buffer.from('x'), { address: '256.0.0.1', port: 5683 });
    listener.send(Buffer.alloc(70_000), { address, port });
    while (listener.unsentCount < 3) await new Promise(setImmediate);
    expect(new Set(logger.lines.map(({ level }) => level))).toEqual(new Set(['debug']));
    client.send('still there', port, address);
    expect(String((await once(client, 'message'))[0])).toBe('you said still there');
  });

  it('says which port is taken, and by what it is set', async () => {
    const { port } = await listenerAt('127.0.0.1').listen();
    await expect(listenerAt('127.0.0.1', port).listen()).rejects.toMatchObject({
      lines: [`Port ${port} on 127.0.0.1 is taken (CoAP). Stop the other program or set COAP_BIND_PORT.`],
    });
  });

  it('still sends what was sent right before it is closed', async () => {
    const listener = listenerAt('127.0.0.1');
    await listener.listen();
    client.bind(0, '127.0.0.1');
    await once(client, 'listening');
    listener.send(Buffer.from('good-bye'), client.address());
    const received = once(client, 'message');
    await listener.close();
    expect(String((await received)[0])).toBe('good-bye');
  });

  it('sends and receives nothing once it is closed, however often', async () => {
    const listener = listenerAt('127.0.0.1');
    const { port } = await listener.listen();
    await listener.close();
    await listener.close();
    listener.send(Buffer.from('x'), { address: '127.0.0.1', port: 9 });
    const next = listenerAt('127.0.0.1', port);
    expect((await next.listen()).port).toBe(port);
    expect([received, listener.unsentCount]).toEqual([[], 0]);
  });
});
