// Our server over CoAP.
import { createSocket } from 'node:dgram';
import { CoapTransport } from '@device-messaging/transport-coap';
import { startHost } from './our-host.mjs';
import { serveAt } from './serve.mjs';

const transport = new CoapTransport();
await startHost(transport);
const socket = createSocket('udp4');
const channel = { send: (datagram, { address, port }) => socket.send(datagram, port, address) };
socket.on('message', (datagram, from) => transport.receive(datagram, from, channel));
socket.bind(0, '127.0.0.1', () => serveAt(socket.address().port));
