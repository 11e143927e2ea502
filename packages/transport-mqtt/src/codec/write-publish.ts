import { PacketType } from './packet-type.js';
import type { ProtocolVersion } from './protocol-version.js';

/** Bodies up to this many bytes are copied behind their header: one small copy is cheaper than a second write. */
const COPY_BYTES = 4096;

const NOTHING = new Uint8Array(0);

/** A PUBLISH packet on its way out, in the pieces that it is made of. Whoever writes many fills one again and again. */
export class OutgoingPublish {
  version: ProtocolVersion = 4;
  qos: 0 | 1 = 0;
  /** The topic's fixed beginning… */
  topicPrefix: Uint8Array = NOTHING;
  /** …and its last level, ASCII. */
  topicId = '';
  /** MQTT 5 properties as bytes, without their length. Empty for other versions. */
  properties: Uint8Array = NOTHING;
  payloadHead: Uint8Array = NOTHING;
  /** Never copied into anything that outlives the write, never changed. */
  payloadBody: Uint8Array = NOTHING;
  payloadTail: Uint8Array = NOTHING;

  /** Lets go of what belongs to one message. */
  clear(): void {
    this.properties = NOTHING;
    this.payloadBody = NOTHING;
  }
}

/** Where bytes go. */
export interface ByteOutlet {
  write(bytes: Uint8Array): void;
}

/** The packet's whole size on the wire, bytes. */
export function publishSize(packet: OutgoingPublish): number {
  const remaining = remainingLength(packet);
  return 1 + variableLength(remaining) + remaining;
}

/** Writes the packet. `packetId` counts with QoS 1 only. */
export function writePublish(outlet: ByteOutlet, packet: OutgoingPublish, packetId: number): void {
  const { payloadBody, payloadTail } = packet;
  const remaining = remainingLength(packet);
  const total = 1 + variableLength(remaining) + remaining;
  const copied = payloadBody.length <= COPY_BYTES;
  const bytes = Buffer.allocUnsafe(copied ? total : total - payloadBody.length - payloadTail.length);
  let at = writeHeader(bytes, packet, remaining, packetId);
  bytes.set(packet.payloadHead, at);
  if (copied) {
    at += packet.payloadHead.length;
    bytes.set(payloadBody, at);
    bytes.set(payloadTail, at + payloadBody.length);
    outlet.write(bytes);
    return;
  }
  outlet.write(bytes);
  outlet.write(payloadBody);
  if (payloadTail.length > 0) outlet.write(payloadTail);
}

function writeHeader(bytes: Buffer, packet: OutgoingPublish, remaining: number, packetId: number): number {
  const { version, qos, topicPrefix, topicId, properties } = packet;
  bytes[0] = (PacketType.PUBLISH << 4) | (qos << 1);
  let at = writeVariable(bytes, 1, remaining);
  at = writeUint16(bytes, at, topicPrefix.length + topicId.length);
  bytes.set(topicPrefix, at);
  at += topicPrefix.length;
  // Some digits: a loop costs less than the call that would write them.
  for (let index = 0; index < topicId.length; index += 1) bytes[at++] = topicId.charCodeAt(index);
  if (qos === 1) at = writeUint16(bytes, at, packetId);
  if (version !== 5) return at;
  at = writeVariable(bytes, at, properties.length);
  bytes.set(properties, at);
  return at + properties.length;
}

function writeUint16(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 0xff;
  return at + 2;
}

function remainingLength(packet: OutgoingPublish): number {
  const { version, qos, topicPrefix, topicId, properties, payloadHead, payloadBody, payloadTail } = packet;
  const propertyBytes = version === 5 ? variableLength(properties.length) + properties.length : 0;
  const payloadBytes = payloadHead.length + payloadBody.length + payloadTail.length;
  return 2 + topicPrefix.length + topicId.length + 2 * qos + propertyBytes + payloadBytes;
}

function variableLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : 4;
}

function writeVariable(bytes: Buffer, at: number, value: number): number {
  let left = value;
  while (left >= 0x80) {
    bytes[at++] = (left & 0x7f) | 0x80;
    left >>>= 7;
  }
  bytes[at++] = left;
  return at;
}
