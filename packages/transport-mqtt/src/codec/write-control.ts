import { generate, writeToStream, type IConnackPacket, type IDisconnectPacket } from 'mqtt-packet';
import { PacketType } from './packet-type.js';
import type { ProtocolVersion } from './protocol-version.js';

// The library would otherwise build and keep a table of 65,536 buffers at the first packet.
writeToStream.cacheNumbers = false;

/** What CONNACK tells an MQTT 5 client about this end. */
export interface Capabilities {
  readonly assignedClientId: string | undefined;
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number;
}

export const PINGRESP: Buffer = Buffer.from([PacketType.PINGRESP << 4, 0]);

/** CONNACK of an accepted MQTT 3 connection. There is never a session to go on with. */
export const CONNACK_ACCEPTED: Buffer = Buffer.from([PacketType.CONNACK << 4, 2, 0, 0]);

/** CONNACK that refuses an MQTT 3 connection (MQTT 3.1.1 table 3.1). */
export function encodeRefusal3(returnCode: number): Buffer {
  return Buffer.from([PacketType.CONNACK << 4, 2, 0, returnCode]);
}

/** CONNACK that refuses an MQTT 5 connection; shortened like {@link encodeDisconnect}. */
export function encodeRefusal5(reasonCode: number, reasonString: string, maxBytes: number): Buffer | undefined {
  return shortened({ cmd: 'connack', sessionPresent: false, reasonCode }, reasonString, maxBytes);
}

/** CONNACK of an accepted MQTT 5 connection. */
export function encodeConnack5(capabilities: Capabilities): Buffer {
  const { assignedClientId, receiveMaximum, maximumPacketSize } = capabilities;
  return generate(
    {
      cmd: 'connack',
      sessionPresent: false,
      reasonCode: 0,
      properties: {
        sessionExpiryInterval: 0,
        receiveMaximum,
        retainAvailable: false,
        maximumPacketSize,
        ...(assignedClientId === undefined ? {} : { assignedClientIdentifier: assignedClientId }),
        topicAliasMaximum: 0,
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: false,
        sharedSubscriptionAvailable: false,
      },
    },
    { protocolVersion: 5 },
  );
}

/** SUBACK: one code for each filter. */
export function encodeSuback(version: ProtocolVersion, packetId: number, codes: number[]): Buffer {
  return generate({ cmd: 'suback', messageId: packetId, granted: codes }, { protocolVersion: version });
}

/** UNSUBACK; the codes travel in MQTT 5 only. */
export function encodeUnsuback(version: ProtocolVersion, packetId: number, codes: number[]): Buffer {
  return generate({ cmd: 'unsuback', messageId: packetId, granted: codes }, { protocolVersion: version });
}

/**
 * DISCONNECT to an MQTT 5 client; without the text when the client announced that it could not take it, and nothing
 * when it cannot take the packet at all.
 */
export function encodeDisconnect(reasonCode: number, reasonString: string, maxBytes: number): Buffer | undefined {
  return shortened({ cmd: 'disconnect', reasonCode }, reasonString, maxBytes);
}

function shortened(
  packet: IConnackPacket | IDisconnectPacket,
  reasonString: string,
  maxBytes: number,
): Buffer | undefined {
  const options = { protocolVersion: 5 };
  const full = generate({ ...packet, properties: { reasonString } }, options);
  if (full.length <= maxBytes) return full;
  const bare = generate(packet, options);
  return bare.length <= maxBytes ? bare : undefined;
}

/**
 * PUBACK, PUBREC or PUBCOMP. Written by hand: one goes with every QoS 1 message. A reason code other than success is
 * MQTT 5's alone; its properties are left out (MQTT 5 section 3.4.2.2.1).
 */
export function encodeAcknowledgement(type: number, packetId: number, reasonCode: number): Buffer {
  const bytes = Buffer.allocUnsafe(reasonCode === 0 ? 4 : 5);
  bytes[0] = type << 4;
  bytes[1] = bytes.length - 2;
  bytes[2] = packetId >> 8;
  bytes[3] = packetId & 0xff;
  if (reasonCode !== 0) bytes[4] = reasonCode;
  return bytes;
}
