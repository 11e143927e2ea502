import { DeviceClientError, type DeviceClientErrorCode } from '../device-client-error.js';
import { tokenRefused } from '../token-refused.js';

const MEANINGS: Readonly<Record<number, readonly [code: DeviceClientErrorCode, text: string]>> = {
  413: ['too-large', 'takes no message of this size'],
  429: ['rate-limited', 'gets too many messages of this device'],
  502: ['unavailable', 'is not available at the moment'],
  503: ['unavailable', 'is not available at the moment'],
  504: ['unavailable', 'is not available at the moment'],
};

/** How much of an answer that nobody expected is shown. */
const SHOWN_CHARACTERS = 120;

/** What a status that is no answer of the device API means. */
export function refusalOf(where: string, status: number, body: string): DeviceClientError {
  if (status === 401) return tokenRefused(where);
  const [code, text] = MEANINGS[status] ?? ['unexpected', 'answered what a device API does not'];
  const shown = body === '' ? '' : `: ${body.slice(0, SHOWN_CHARACTERS)}`;
  return new DeviceClientError(code, `The server at ${where} ${text} (HTTP ${status}${shown}).`);
}
