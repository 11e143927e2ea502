import { malformed, protocolError, ProtocolViolation } from './protocol-violation.js';
import type { PacketReader } from './packet-reader.js';
import { ReasonCode } from './reason-code.js';

/** Identifiers of the MQTT 5 properties that clients send (MQTT 5 section 2.2.2.2). */
const Id = {
  PAYLOAD_FORMAT: 0x01,
  MESSAGE_EXPIRY: 0x02,
  CONTENT_TYPE: 0x03,
  RESPONSE_TOPIC: 0x08,
  CORRELATION_DATA: 0x09,
  SUBSCRIPTION_ID: 0x0b,
  SESSION_EXPIRY: 0x11,
  AUTH_METHOD: 0x15,
  AUTH_DATA: 0x16,
  PROBLEM_INFORMATION: 0x17,
  WILL_DELAY: 0x18,
  RESPONSE_INFORMATION: 0x19,
  REASON: 0x1f,
  RECEIVE_MAXIMUM: 0x21,
  TOPIC_ALIAS_MAXIMUM: 0x22,
  TOPIC_ALIAS: 0x23,
  USER_PROPERTY: 0x26,
  MAXIMUM_PACKET_SIZE: 0x27,
} as const;

/** Which properties a kind of packet may carry. A user property may come in every one, and as often as one likes. */
export type PropertySet = ReadonlySet<number>;

export const CONNECT_PROPERTIES: PropertySet = new Set([
  Id.SESSION_EXPIRY,
  Id.RECEIVE_MAXIMUM,
  Id.MAXIMUM_PACKET_SIZE,
  Id.TOPIC_ALIAS_MAXIMUM,
  Id.RESPONSE_INFORMATION,
  Id.PROBLEM_INFORMATION,
  Id.AUTH_METHOD,
  Id.AUTH_DATA,
]);
export const WILL_PROPERTIES: PropertySet = new Set([
  Id.WILL_DELAY,
  Id.PAYLOAD_FORMAT,
  Id.MESSAGE_EXPIRY,
  Id.CONTENT_TYPE,
  Id.RESPONSE_TOPIC,
  Id.CORRELATION_DATA,
]);
/** A client must not send a subscription identifier with a message (MQTT-3.3.4-6). */
export const PUBLISH_PROPERTIES: PropertySet = new Set([
  Id.PAYLOAD_FORMAT,
  Id.MESSAGE_EXPIRY,
  Id.TOPIC_ALIAS,
  Id.RESPONSE_TOPIC,
  Id.CORRELATION_DATA,
  Id.CONTENT_TYPE,
]);
export const ACKNOWLEDGEMENT_PROPERTIES: PropertySet = new Set([Id.REASON]);
export const SUBSCRIBE_PROPERTIES: PropertySet = new Set([Id.SUBSCRIPTION_ID]);
export const UNSUBSCRIBE_PROPERTIES: PropertySet = new Set();
export const DISCONNECT_PROPERTIES: PropertySet = new Set([Id.SESSION_EXPIRY, Id.REASON]);

/** The properties of a packet as far as this transport makes use of them. */
export class Properties {
  receiveMaximum: number | undefined;
  maximumPacketSize: number | undefined;
  hasAuthenticationMethod = false;
  /** Seconds. */
  messageExpiry: number | undefined;
  /** The property as it came in, its identifier included. */
  correlationData: Buffer | undefined;
  /** All user properties as they came in, in their order, identifiers included. */
  userProperties: Buffer | undefined;

  /** Moves them into memory of their own: what is kept must not lie in a borrowed chunk. */
  detach(): Readonly<Properties> {
    if (this.correlationData !== undefined) this.correlationData = Buffer.from(this.correlationData);
    if (this.userProperties !== undefined) this.userProperties = Buffer.from(this.userProperties);
    return this;
  }
}

/** What packets without properties share. */
export const NO_PROPERTIES: Readonly<Properties> = Object.freeze(new Properties());

/**
 * Reads the properties at the reader's position.
 * @throws ProtocolViolation for what the packet must not carry, carries twice, or carries with a forbidden value.
 */
export function readProperties(reader: PacketReader, allowed: PropertySet): Readonly<Properties> {
  const length = reader.variableInteger();
  if (length === 0) return NO_PROPERTIES;
  const bodyEnd = reader.end;
  if (length > bodyEnd - reader.position) throw malformed('the properties are longer than the packet');
  reader.end = reader.position + length;
  const properties = new Properties();
  const seen = new Set<number>();
  while (!reader.atEnd) {
    const start = reader.position;
    const id = reader.variableInteger();
    if (id === Id.USER_PROPERTY) {
      readUserProperties(reader, start, properties);
      continue;
    }
    if (!allowed.has(id)) throw malformed(`property ${hex(id)} does not belong in this packet`);
    if (seen.has(id)) throw protocolError(`property ${hex(id)} comes twice`);
    seen.add(id);
    readProperty(reader, id, start, properties);
  }
  if (seen.has(Id.AUTH_DATA) && !seen.has(Id.AUTH_METHOD)) {
    throw protocolError('authentication data comes without an authentication method');
  }
  reader.end = bodyEnd;
  return properties;
}

/** Reads a run of user properties at once: a packet may hold tens of thousands, and few runs. */
function readUserProperties(reader: PacketReader, start: number, into: Properties): void {
  do {
    reader.text();
    reader.text();
  } while (reader.skipByte(Id.USER_PROPERTY));
  const run = reader.buffer.subarray(start, reader.position);
  into.userProperties = into.userProperties === undefined ? run : Buffer.concat([into.userProperties, run]);
}

function readProperty(reader: PacketReader, id: number, start: number, into: Properties): void {
  switch (id) {
    case Id.PAYLOAD_FORMAT:
    case Id.PROBLEM_INFORMATION:
    case Id.RESPONSE_INFORMATION:
      if (reader.byte() > 1) throw protocolError(`property ${hex(id)} must be 0 or 1`);
      return;
    case Id.SESSION_EXPIRY:
    case Id.WILL_DELAY:
      reader.uint32();
      return;
    case Id.MESSAGE_EXPIRY:
      into.messageExpiry = reader.uint32();
      return;
    case Id.MAXIMUM_PACKET_SIZE:
      into.maximumPacketSize = positive(reader.uint32(), 'maximum packet size');
      return;
    case Id.RECEIVE_MAXIMUM:
      into.receiveMaximum = positive(reader.uint16(), 'receive maximum');
      return;
    case Id.TOPIC_ALIAS_MAXIMUM:
      reader.uint16();
      return;
    case Id.TOPIC_ALIAS:
      reader.uint16();
      throw new ProtocolViolation(
        ReasonCode.TOPIC_ALIAS_INVALID,
        'topic aliases are not used here: the topic alias maximum is 0',
      );
    case Id.SUBSCRIPTION_ID:
      positive(reader.variableInteger(), 'subscription identifier');
      throw new ProtocolViolation(
        ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
        'subscription identifiers are announced as unavailable',
      );
    case Id.CORRELATION_DATA:
      reader.binary();
      into.correlationData = reader.buffer.subarray(start, reader.position);
      return;
    case Id.AUTH_DATA:
      reader.binary();
      return;
    case Id.RESPONSE_TOPIC:
      if (/[#+]/u.test(reader.text())) throw protocolError('the response topic contains a wildcard');
      return;
    case Id.AUTH_METHOD:
      into.hasAuthenticationMethod = true;
      reader.text();
      return;
    default:
      reader.text();
  }
}

function positive(value: number, name: string): number {
  if (value === 0) throw protocolError(`the ${name} is 0; it must be at least 1`);
  return value;
}

function hex(id: number): string {
  return `0x${id.toString(16).padStart(2, '0')}`;
}
