import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A UDP socket that talks to one port. */
export class UdpPeer {
  /** @param {(error: Error) => void} onFailure */
  constructor(onFailure) {
    this.socket = createSocket('udp4');
    this.socket.on('error', onFailure);
    this.onDatagram = (_datagram) => onFailure(new Error('A datagram that nobody asked for'));
    this.socket.on('message', (datagram) => this.onDatagram(datagram));
  }

  /** @param {number} port */
  async connect(port) {
    const connected = once(this.socket, 'connect');
    this.socket.connect(port, '127.0.0.1');
    await connected;
  }

  /** @param {Buffer} datagram must stay as it is until the server has answered to it */
  send(datagram) {
    this.socket.send(datagram);
  }
}
