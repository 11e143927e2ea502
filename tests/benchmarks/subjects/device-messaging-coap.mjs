// Our server over CoAP.
import { createSocket } from 'node:dgram';
import { CoapTransport } from '@device-messaging/transport-coap';
import { startHost } from './our-host.mjs';
import { serveAt } from './serve.mjs';

const transport = new CoapTransport();
await startHost(transport);
// What the socket cannot hold is sent again after 2 s.
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
const channel = { send: (datagram, { address, port }) => socket.send(datagram, port, address) };
socket.on('message', (datagram, from) => transport.receive(datagram, from, channel));
socket.bind(0, '127.0.0.1', () => serveAt(socket.address().port));
