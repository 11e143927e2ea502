import type { Frame } from './frame-splitter.js';
import { endsInsideField, PacketReader, zeroPacketId } from './packet-reader.js';
import { NO_PROPERTIES, PUBLISH_PROPERTIES, readProperties, type Properties } from './properties.js';
import { malformed } from './protocol-violation.js';
import type { ProtocolVersion } from './protocol-version.js';

/** Payloads up to this many bytes are copied by a loop, which costs less than the call that would copy them. */
const LOOP_BYTES = 128;

/** A PUBLISH packet. The topic stays bytes, `buffer[topicStart…topicEnd)`, which nobody has checked yet. */
export interface Publish {
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** 0 with QoS 0. */
  readonly packetId: number;
  /** For the time in which the packet is handled. */
  readonly buffer: Buffer;
  readonly topicStart: number;
  readonly topicEnd: number;
  /** To keep. */
  readonly properties: Readonly<Properties>;
  /** To keep; shares the packet's memory unless that is borrowed. */
  readonly payload: Buffer;
}

/** Reads a PUBLISH packet. The way of every message: a reader is made for MQTT 5's properties only. @throws ProtocolViolation */
export function readPublish(frame: Frame, version: ProtocolVersion): Publish {
  const { firstByte, buffer, start, end } = frame;
  const qos = (firstByte >> 1) & 3;
  if (qos === 3) throw malformed('the QoS of a PUBLISH is 3; it must be 0, 1 or 2');
  if (qos === 0 && version !== 3 && (firstByte & 8) !== 0) throw malformed('DUP must be 0 with QoS 0');
  const topicStart = start + 2;
  if (topicStart > end) throw endsInsideField();
  const topicEnd = topicStart + ((buffer[start]! << 8) | buffer[start + 1]!);
  const idEnd = qos === 0 ? topicEnd : topicEnd + 2;
  if (idEnd > end) throw endsInsideField();
  const packetId = qos === 0 ? 0 : (buffer[topicEnd]! << 8) | buffer[topicEnd + 1]!;
  if (qos > 0 && packetId === 0) throw zeroPacketId();
  const reader = version === 5 ? new PacketReader(buffer, idEnd, end) : undefined;
  const properties = reader === undefined ? NO_PROPERTIES : readProperties(reader, PUBLISH_PROPERTIES);
  const payloadStart = reader === undefined ? idEnd : reader.position;
  return {
    qos: qos as 0 | 1 | 2,
    retain: (firstByte & 1) !== 0,
    packetId,
    buffer,
    topicStart,
    topicEnd,
    properties: frame.isBorrowed ? properties.detach() : properties,
    payload: frame.isBorrowed ? copyOf(buffer, payloadStart, end) : buffer.subarray(payloadStart, end),
  };
}

function copyOf(buffer: Buffer, start: number, end: number): Buffer {
  const length = end - start;
  const copy = Buffer.allocUnsafe(length);
  if (length > LOOP_BYTES) buffer.copy(copy, 0, start, end);
  else for (let at = 0; at < length; at += 1) copy[at] = buffer[start + at]!;
  return copy;
}
