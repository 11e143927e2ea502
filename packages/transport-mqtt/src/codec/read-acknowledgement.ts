import type { PacketReader } from './packet-reader.js';
import { protocolError } from './protocol-violation.js';
import { ACKNOWLEDGEMENT_PROPERTIES, DISCONNECT_PROPERTIES, readProperties, type PropertySet } from './properties.js';
import { PacketType } from './packet-type.js';
import type { ProtocolVersion } from './protocol-version.js';

const PUBACK_CODES: ReadonlySet<number> = new Set([0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]);
const PUBREL_CODES: ReadonlySet<number> = new Set([0x00, 0x92]);
/** Those that MQTT 5 table 3-10 lets a client send. */
const DISCONNECT_CODES: ReadonlySet<number> = new Set([
  0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
]);

/** Reads PUBACK or PUBREL and returns the packet identifier. @throws ProtocolViolation */
export function readAcknowledgement(reader: PacketReader, type: number, version: ProtocolVersion): number {
  const packetId = reader.packetId();
  if (version === 5) {
    readReason(reader, type === PacketType.PUBACK ? PUBACK_CODES : PUBREL_CODES, ACKNOWLEDGEMENT_PROPERTIES);
  }
  reader.requireEnd();
  return packetId;
}

/** Checks a DISCONNECT packet. @throws ProtocolViolation */
export function checkDisconnect(reader: PacketReader, version: ProtocolVersion): void {
  if (version === 5) readReason(reader, DISCONNECT_CODES, DISCONNECT_PROPERTIES);
  reader.requireEnd();
}

/** Reason code and properties; both may be left out from the end. */
function readReason(reader: PacketReader, codes: ReadonlySet<number>, properties: PropertySet): void {
  if (reader.atEnd) return;
  const code = reader.byte();
  if (!codes.has(code)) throw protocolError(`the reason code ${code} does not belong in this packet`);
  if (!reader.atEnd) readProperties(reader, properties);
}
