// The few MQTT packets that the load consists of, built once before the measurement, and how received ones are read
// in place.

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

/** The first byte of a publish with QoS 0. */
export const PUBLISH = 0x30;

/**
 * @param {string} topic
 * @param {string | Buffer} payload
 */
export function publishPacket(topic, payload) {
  return packet(PUBLISH, text(topic), Buffer.from(payload));
}

/**
 * The size of the packet that begins at `start`; 0 while it cannot be told.
 * @param {Buffer} bytes
 * @param {number} start
 * @param {number} end how far the bytes are filled
 */
export function packetSize(bytes, start, end) {
  let length = 0;
  for (let at = start + 1, shift = 0; at < end && shift < 28; at++, shift += 7) {
    const byte = bytes[at];
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return at + 1 - start + length;
  }
  return 0;
}

/**
 * Where the topic of a publish begins, behind its two bytes of length.
 * @param {Buffer} bytes
 * @param {number} start
 */
export function topicStart(bytes, start) {
  let at = start + 1;
  while (bytes[at] >= 0x80) at++;
  return at + 3;
}

/**
 * Where the payload of a publish with QoS 0 begins.
 * @param {Buffer} bytes
 * @param {number} topicAt
 */
export function payloadStart(bytes, topicAt) {
  return topicAt + ((bytes[topicAt - 2] << 8) | bytes[topicAt - 1]);
}

/**
 * What the server said to CONNECT or SUBSCRIBE.
 * @param {Buffer} bytes
 * @param {number} start
 * @param {number} end
 * @returns {boolean} whether it is a yes
 */
export function isAccepted(bytes, start, end) {
  const type = bytes[start] >> 4;
  if (type === 2) return bytes[start + 3] === 0;
  return type === 9 && bytes[end - 1] < 0x80;
}
