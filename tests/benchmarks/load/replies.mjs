import { publishPacket } from './mqtt-bytes.mjs';

const ID_AT = 'v1/devices/me/rpc/request/'.length;

/** The same bytes to every call. */
export class ReadyReply {
  /** @param {Buffer} packet */
  constructor(packet) {
    this.packet = packet;
  }

  to() {
    return this.packet;
  }
}

/**
 * A packet into which the id of the call is written. It may be written again without a look at what the socket still
 * holds: a pair has one round trip under way, so that the next call comes after the server has taken the last reply.
 */
export class ReplyById {
  /** @param {string} body */
  constructor(body) {
    this.body = Buffer.from(body);
    this.useIdLength(0);
  }

  /** @param {Buffer} bytes @param {number} topicAt @param {number} payloadAt */
  to(bytes, topicAt, payloadAt) {
    const idAt = topicAt + ID_AT;
    if (payloadAt - idAt !== this.idLength) this.useIdLength(payloadAt - idAt);
    for (let digit = 0; digit < this.idLength; digit++) this.packet[this.idAt + digit] = bytes[idAt + digit];
    return this.packet;
  }

  useIdLength(length) {
    this.idLength = length;
    this.packet = publishPacket(`v1/devices/me/rpc/response/${'0'.repeat(length)}`, this.body);
    this.idAt = this.packet.length - this.body.length - length;
  }
}
