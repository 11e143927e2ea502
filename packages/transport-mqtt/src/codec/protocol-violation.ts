import { ReasonCode } from './reason-code.js';

/** A packet that MQTT forbids. The connection that sent it closes; MQTT 5 clients are told the code and the text. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';

  constructor(
    /** MQTT 5 reason code, at least 0x80. */
    readonly reasonCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** The bytes do not follow the format. */
export function malformed(message: string): ProtocolViolation {
  return new ProtocolViolation(ReasonCode.MALFORMED_PACKET, message);
}

/** The bytes follow the format, but the protocol does not allow them here. */
export function protocolError(message: string): ProtocolViolation {
  return new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, message);
}

/** The packet is larger than this end takes, in bytes. */
export function packetTooLarge(limit: number): ProtocolViolation {
  return new ProtocolViolation(ReasonCode.PACKET_TOO_LARGE, `the packet is larger than ${limit} bytes`);
}
