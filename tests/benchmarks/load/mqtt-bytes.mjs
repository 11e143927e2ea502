// The few MQTT packets that the load consists of, built once before the measurement.

/** @param {string} value */
function text(value) {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/**
 * @param {number} firstByte
 * @param {...Buffer} parts
 */
function packet(firstByte, ...parts) {
  const body = Buffer.concat(parts);
  const length = [];
  for (let rest = body.length; length.length === 0 || rest > 0; rest >>>= 7) length.push(rest & 0x7f);
  return Buffer.concat([
    Buffer.from([firstByte, ...length.map((digit, at) => (at < length.length - 1 ? digit | 0x80 : digit))]),
    body,
  ]);
}

/**
 * MQTT 3.1.1, clean session, keep-alive off.
 * @param {string} clientId
 * @param {string} userName
 */
export function connectPacket(clientId, userName) {
  return packet(0x10, text('MQTT'), Buffer.from([4, 0x82, 0, 0]), text(clientId), text(userName));
}

/** @param {string} filter */
export function subscribePacket(filter) {
  return packet(0x82, Buffer.from([0, 1]), text(filter), Buffer.from([0]));
}

/**
 * @param {string} topic
 * @param {string | Buffer} payload
 */
export function publishPacket(topic, payload) {
  return packet(0x30, text(topic), Buffer.from(payload));
}

/** Splits what a socket receives into packets; calls back with each one's bytes. */
export class PacketSplitter {
  /** @param {(packet: Buffer) => void} onPacket */
  constructor(onPacket) {
    this.onPacket = onPacket;
    /** @type {Buffer | undefined} */
    this.rest = undefined;
  }

  /** @param {Buffer} chunk */
  push(chunk) {
    let bytes = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    this.rest = undefined;
    for (;;) {
      const size = packetSize(bytes);
      if (size === 0 || size > bytes.length) {
        if (bytes.length > 0) this.rest = bytes;
        return;
      }
      this.onPacket(size === bytes.length ? bytes : bytes.subarray(0, size));
      if (size === bytes.length) return;
      bytes = bytes.subarray(size);
    }
  }
}

/**
 * The size of the packet that begins the bytes; 0 while it cannot be told.
 * @param {Buffer} bytes
 */
function packetSize(bytes) {
  let length = 0;
  for (let at = 1, shift = 0; at < bytes.length && at < 5; at++, shift += 7) {
    const byte = bytes[at] ?? 0;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return at + 1 + length;
  }
  return 0;
}
