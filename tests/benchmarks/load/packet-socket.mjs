import { connect } from 'node:net';
import { packetSize } from './mqtt-bytes.mjs';

/** What every socket reads into: no stream of chunks, no allocation. A packet is looked at before the next read. */
const RECEIVED = Buffer.allocUnsafeSlow(256 * 1024);
const NONE = Buffer.alloc(0);

/**
 * @callback OnPacket
 * @param {Buffer} bytes valid during the call only
 * @param {number} start of the packet
 * @param {number} end
 * @returns {void}
 */

/** A TCP connection that calls back with each MQTT packet, in place where it came in whole. */
export class PacketSocket {
  /**
   * @param {number} port
   * @param {(error: Error) => void} onFailure it broke, or the server closed it
   */
  constructor(port, onFailure) {
    /** @type {OnPacket} */
    this.onPacket = () => onFailure(new Error('A packet that nobody asked for'));
    /** The beginning of a packet that came in parts, and how much of it is there. */
    this.partial = NONE;
    this.filled = 0;
    const onread = { buffer: RECEIVED, callback: (size) => this.receive(size) };
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    this.socket.on('error', onFailure);
    this.socket.on('end', () => onFailure(new Error('The server closed a connection')));
  }

  /** @param {Buffer} bytes must stay as they are until the server has answered to them */
  write(bytes) {
    this.socket.write(bytes);
  }

  /** @param {number} size how much of the shared buffer was filled */
  receive(size) {
    let at = this.filled === 0 ? 0 : this.complete(size);
    while (at < size) {
      const length = packetSize(RECEIVED, at, size);
      if (length === 0 || at + length > size) {
        this.keep(at, size, length);
        break;
      }
      this.onPacket(RECEIVED, at, at + length);
      at += length;
    }
    return true;
  }

  /** Adds to the packet that came in parts. @returns {number} how many of the new bytes belong to it */
  complete(size) {
    let at = 0;
    let length = packetSize(this.partial, 0, this.filled);
    while (length === 0 && at < size) {
      this.keep(at, ++at, 0);
      length = packetSize(this.partial, 0, this.filled);
    }
    if (length === 0) return at;
    const end = Math.min(size, at + length - this.filled);
    this.keep(at, end, length);
    if (this.filled < length) return end;
    this.filled = 0;
    this.onPacket(this.partial, 0, length);
    return end;
  }

  /** Copies bytes of the shared buffer. `length`: of the whole packet, where it is known. */
  keep(from, to, length) {
    const needed = Math.max(length, this.filled + to - from);
    if (needed > this.partial.length) {
      const grown = Buffer.allocUnsafeSlow(needed);
      this.partial.copy(grown, 0, 0, this.filled);
      this.partial = grown;
    }
    RECEIVED.copy(this.partial, this.filled, from, to);
    this.filled += to - from;
  }
}
