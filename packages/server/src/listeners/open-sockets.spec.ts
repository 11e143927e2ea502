import { once } from 'node:events';
import { connect, createServer, Socket, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { OpenSockets } from './open-sockets.js';

describe('OpenSockets', () => {
  it('knows connections as long as they last, and cuts them off', async () => {
    const server = createServer();
    const sockets = new OpenSockets(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const clients = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    while (sockets.count < 2) await new Promise(setImmediate);
    clients[0]?.destroy();
    while (sockets.count === 2) await new Promise(setImmediate);
    const closed = once(clients[1]!.on('error', () => undefined).resume(), 'close');
    sockets.destroy();
    await closed;
    await new Promise((resolve) => server.close(resolve));
    expect(sockets.count).toBe(0);
  });

  it('takes a connection that is announced again and again for one', () => {
    const [server, socket] = [createServer(), new Socket()];
    const sockets = new OpenSockets(server);
    const before = socket.listenerCount('close');
    for (let i = 0; i < 20; i++) server.emit('connection', socket);
    expect([sockets.count, socket.listenerCount('close') - before]).toEqual([1, 1]);
  });
});
