import { malformed } from './protocol-violation.js';
import type { PacketReader } from './packet-reader.js';
import { NO_PROPERTIES, PUBLISH_PROPERTIES, readProperties, type Properties } from './properties.js';
import type { ProtocolVersion } from './protocol-version.js';

/** A PUBLISH packet. The topic stays bytes, `buffer[topicStart…topicEnd)`, which nobody has checked yet. */
export interface Publish {
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** 0 with QoS 0. */
  readonly packetId: number;
  readonly buffer: Buffer;
  readonly topicStart: number;
  readonly topicEnd: number;
  readonly properties: Readonly<Properties>;
  /** Shares the packet's memory. */
  readonly payload: Buffer;
}

/** Reads a PUBLISH packet. @throws ProtocolViolation */
export function readPublish(reader: PacketReader, flags: number, version: ProtocolVersion): Publish {
  const qos = (flags >> 1) & 3;
  if (qos === 3) throw malformed('the QoS of a PUBLISH is 3; it must be 0, 1 or 2');
  if (qos === 0 && version !== 3 && (flags & 8) !== 0) throw malformed('DUP must be 0 with QoS 0');
  const topicLength = reader.uint16();
  const topicStart = reader.advance(topicLength);
  const packetId = qos === 0 ? 0 : reader.packetId();
  const properties = version === 5 ? readProperties(reader, PUBLISH_PROPERTIES) : NO_PROPERTIES;
  return {
    qos: qos as 0 | 1 | 2,
    retain: (flags & 1) !== 0,
    packetId,
    buffer: reader.buffer,
    topicStart,
    topicEnd: topicStart + topicLength,
    properties,
    payload: reader.buffer.subarray(reader.position, reader.end),
  };
}
