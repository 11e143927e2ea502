import { DeviceClientError, type DeviceClientErrorCode } from '../device-client-error.js';
import { tokenRefused } from '../token-refused.js';

const TOKEN_REFUSED = [4, 5, 0x86, 0x87];

/** Return codes of MQTT 3.1.1 (section 3.2.2.3) and reason codes of MQTT 5 (section 2.4) that mean something else. */
const MEANINGS: Readonly<Record<number, readonly [code: DeviceClientErrorCode, text: string]>> = {
  1: ['unexpected', 'does not speak this version of MQTT'],
  2: ['unexpected', 'does not take this client id'],
  3: ['unavailable', 'is not available at the moment'],
  0x84: ['unexpected', 'does not speak this version of MQTT'],
  0x85: ['unexpected', 'does not take this client id'],
  0x88: ['unavailable', 'is not available at the moment'],
  0x89: ['unavailable', 'is busy'],
  0x8b: ['unavailable', 'is shutting down'],
  0x8d: ['lost', 'heard nothing of this device for too long'],
  0x8e: ['lost', 'has another connection with the same client id now'],
  0x95: ['too-large', 'takes no message of this size'],
  0x96: ['rate-limited', 'gets too many messages of this device'],
  0x97: ['rate-limited', 'has this device over its quota'],
  0x9f: ['rate-limited', 'gets too many connections of this device'],
};

/** Why an MQTT server refused or ended a connection. */
export function refusalOf(where: string, code: number): DeviceClientError {
  if (TOKEN_REFUSED.includes(code)) return tokenRefused(where);
  const [meaning, text] = MEANINGS[code] ?? ['lost', 'ended the connection'];
  const hex = code.toString(16).padStart(2, '0');
  return new DeviceClientError(meaning, `The server at ${where} ${text} (MQTT reason code 0x${hex}).`);
}
