import type { ParsedPacket } from 'coap-packet';
import { DeviceClientError, type DeviceClientErrorCode } from '../device-client-error.js';
import { tokenRefused } from '../token-refused.js';

const MEANINGS: Readonly<Record<string, readonly [code: DeviceClientErrorCode, text: string]>> = {
  '4.13': ['too-large', 'takes no message of this size'],
  '4.29': ['rate-limited', 'gets too many messages of this device'],
  '5.03': ['unavailable', 'is not available at the moment'],
};

/** How much of an answer that nobody expected is shown. */
const SHOWN_CHARACTERS = 120;

/** What a response code that is no answer of the device API means. */
export function refusalOf(where: string, { code, payload }: ParsedPacket): DeviceClientError {
  if (code === '4.01') return tokenRefused(where);
  const [meaning, text] = MEANINGS[code] ?? ['unexpected', 'answered what a device API does not'];
  const body = payload.toString();
  const shown = body === '' ? '' : `: ${body.slice(0, SHOWN_CHARACTERS)}`;
  return new DeviceClientError(meaning, `The server at ${where} ${text} (CoAP ${code}${shown}).`);
}
