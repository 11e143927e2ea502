import { malformed, protocolError } from './protocol-violation.js';
import type { PacketReader } from './packet-reader.js';
import { readProperties, SUBSCRIBE_PROPERTIES, UNSUBSCRIBE_PROPERTIES } from './properties.js';
import type { ProtocolVersion } from './protocol-version.js';

/** One line of a SUBSCRIBE packet. What MQTT 5's other options say is about retained and own messages: none here. */
export interface FilterRequest {
  readonly filter: string;
  readonly qos: 0 | 1 | 2;
}

export interface Subscribe {
  readonly packetId: number;
  readonly requests: readonly FilterRequest[];
}

export interface Unsubscribe {
  readonly packetId: number;
  readonly filters: readonly string[];
}

/** Reads a SUBSCRIBE packet; the filters' syntax is not checked. @throws ProtocolViolation */
export function readSubscribe(reader: PacketReader, version: ProtocolVersion): Subscribe {
  const packetId = reader.packetId();
  if (version === 5) readProperties(reader, SUBSCRIBE_PROPERTIES);
  const requests: FilterRequest[] = [];
  do requests.push(readFilterRequest(reader, version));
  while (!reader.atEnd);
  return { packetId, requests };
}

/** Reads an UNSUBSCRIBE packet; the filters' syntax is not checked. @throws ProtocolViolation */
export function readUnsubscribe(reader: PacketReader, version: ProtocolVersion): Unsubscribe {
  const packetId = reader.packetId();
  if (version === 5) readProperties(reader, UNSUBSCRIBE_PROPERTIES);
  const filters: string[] = [];
  do filters.push(reader.text());
  while (!reader.atEnd);
  return { packetId, filters };
}

const NO_LOCAL = 0x04;

function readFilterRequest(reader: PacketReader, version: ProtocolVersion): FilterRequest {
  if (reader.atEnd) throw protocolError('a SUBSCRIBE packet must contain a topic filter');
  const filter = reader.text();
  const options = reader.byte();
  const qos = options & 3;
  if (qos === 3) throw malformed('the requested QoS is 3; it must be 0, 1 or 2');
  // MQTT 3.1 calls the upper bits "not used" and does not say what they are.
  if (version !== 3 && (options & (version === 5 ? 0xc0 : 0xfc)) !== 0) {
    throw malformed('the reserved bits of the subscription options must be 0');
  }
  if (version === 5) {
    if ((options & 0x30) === 0x30) throw protocolError('retain handling is 3; it must be 0, 1 or 2');
    if ((options & NO_LOCAL) !== 0 && filter.startsWith('$share/')) {
      throw protocolError('a shared subscription must not say No Local');
    }
  }
  return { filter, qos: qos as 0 | 1 | 2 };
}
