import { malformed, protocolError } from './protocol-violation.js';
import type { PacketReader } from './packet-reader.js';
import { CONNECT_PROPERTIES, NO_PROPERTIES, readProperties, WILL_PROPERTIES, type Properties } from './properties.js';
import type { ProtocolVersion } from './protocol-version.js';

/** A CONNECT packet as far as it matters here. Password and will are checked and left out. */
export interface Connect {
  readonly cleanSession: boolean;
  /** Seconds; 0: none. */
  readonly keepAlive: number;
  readonly clientId: string;
  readonly userName: string | undefined;
  readonly willRetain: boolean;
  readonly properties: Readonly<Properties>;
}

const Flag = { RESERVED: 0x01, CLEAN: 0x02, WILL: 0x04, WILL_RETAIN: 0x20, PASSWORD: 0x40, USER_NAME: 0x80 } as const;
const WILL_QOS_MASK = 0x18;

/**
 * Reads protocol name and level, a CONNECT packet's first fields.
 * @returns `undefined` when this is MQTT of a version that is not spoken here.
 * @throws ProtocolViolation when it is no MQTT.
 */
export function readProtocolVersion(reader: PacketReader): ProtocolVersion | undefined {
  const name = reader.text();
  const level = reader.byte();
  if (name === 'MQTT') return level === 4 || level === 5 ? level : undefined;
  if (name === 'MQIsdp') return level === 3 ? level : undefined;
  throw protocolError('the protocol name must be "MQTT", or "MQIsdp" for MQTT 3.1');
}

/** Reads the rest of a CONNECT packet. @throws ProtocolViolation */
export function readConnect(reader: PacketReader, version: ProtocolVersion): Connect {
  const flags = reader.byte();
  requireConnectFlags(flags, version);
  const keepAlive = reader.uint16();
  const properties = version === 5 ? readProperties(reader, CONNECT_PROPERTIES) : NO_PROPERTIES;
  const clientId = reader.text();
  if ((flags & Flag.WILL) !== 0) skipWill(reader, version);
  const userName = (flags & Flag.USER_NAME) !== 0 && !isLeftOut(reader, version) ? reader.text() : undefined;
  if ((flags & Flag.PASSWORD) !== 0 && !isLeftOut(reader, version)) reader.binary();
  reader.requireEnd();
  const willRetain = (flags & Flag.WILL) !== 0 && (flags & Flag.WILL_RETAIN) !== 0;
  return { cleanSession: (flags & Flag.CLEAN) !== 0, keepAlive, clientId, userName, willRetain, properties };
}

/** In MQTT 3.1 the remaining length takes precedence over the flags: what they promise may be missing (section 3.1). */
function isLeftOut(reader: PacketReader, version: ProtocolVersion): boolean {
  return version === 3 && reader.atEnd;
}

function requireConnectFlags(flags: number, version: ProtocolVersion): void {
  const willQos = (flags & WILL_QOS_MASK) >> 3;
  if ((flags & Flag.WILL) !== 0 && willQos === 3) throw malformed('the will QoS is 3; it must be 0, 1 or 2');
  if (version < 5 && (flags & Flag.PASSWORD) !== 0 && (flags & Flag.USER_NAME) === 0) {
    throw malformed('a password comes without a user name');
  }
  if (version === 3) return;
  if ((flags & Flag.RESERVED) !== 0) throw malformed('the reserved connect flag is 1; it must be 0');
  if ((flags & Flag.WILL) === 0 && (willQos !== 0 || (flags & Flag.WILL_RETAIN) !== 0)) {
    throw malformed('will QoS and will retain must be 0 without a will');
  }
}

function skipWill(reader: PacketReader, version: ProtocolVersion): void {
  if (version === 5) readProperties(reader, WILL_PROPERTIES);
  reader.text();
  reader.binary();
}
