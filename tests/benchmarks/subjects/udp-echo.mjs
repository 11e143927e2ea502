// The floor of CoAP: sends every datagram back.
import { createSocket } from 'node:dgram';
import { serveAt } from './serve.mjs';

const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
socket.on('message', (datagram, { port, address }) => socket.send(datagram, port, address));
socket.bind(0, '127.0.0.1', () => serveAt(socket.address().port));
