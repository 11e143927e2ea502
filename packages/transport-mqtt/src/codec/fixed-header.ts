import { malformed } from './protocol-violation.js';
import { PacketType } from './packet-type.js';
import type { ProtocolVersion } from './protocol-version.js';

/**
 * Checks the four flag bits of every packet but PUBLISH. Since MQTT 3.1.1 they are reserved and fixed; in MQTT 3.1
 * they are a header like PUBLISH's: unused but for SUBSCRIBE, UNSUBSCRIBE and PUBREL, which say QoS 1 and may say DUP.
 * @throws ProtocolViolation
 */
export function requireFlags(type: number, flags: number, version: ProtocolVersion): void {
  const asksForReply = type === PacketType.SUBSCRIBE || type === PacketType.UNSUBSCRIBE || type === PacketType.PUBREL;
  if (version === 3) {
    if (asksForReply && (flags & 0b0110) !== 0b0010) throw malformed('the fixed header must say QoS 1');
    return;
  }
  const expected = asksForReply ? 0b0010 : 0;
  if (flags !== expected) {
    throw malformed(`the reserved flags of packet type ${type} are ${flags}; they must be ${expected}`);
  }
}
