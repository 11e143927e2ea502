import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TransportHarness } from '@device-messaging/testkit';
import { CoapTransport } from '../coap-transport.js';
import { UdpClient } from './udp-client.js';

/** A transport behind a real socket. */
export interface UdpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Passes the datagrams of a loopback socket to a transport. */
export async function serveUdp(transport: CoapTransport): Promise<UdpServer> {
  const socket = createSocket('udp4');
  const channel = {
    send: (datagram: Uint8Array, to: { port: number; address: string }) =>
      socket.send(datagram, to.port, to.address, () => undefined),
  };
  socket.on('message', (datagram, { address, port }) => transport.receive(datagram, { address, port }, channel));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** The CoAP transport over loopback UDP. */
export async function coapHarness(): Promise<TransportHarness> {
  const transport = new CoapTransport();
  const server = await serveUdp(transport);
  const clients: UdpClient[] = [];
  return {
    transport,
    connect: async (token) => {
      const client = await UdpClient.connect(server.port, token);
      clients.push(client);
      return client;
    },
    // What a device sent before is handled, and what it was sent before has arrived, when the server answers its ping;
    // twice, for what one device sends because of what another one did.
    settle: async () => {
      for (let turn = 0; turn < 2; turn++) await Promise.all(clients.map((client) => client.flush()));
    },
    dispose: async () => {
      for (const client of clients) client.close();
      await server.close();
    },
  };
}
