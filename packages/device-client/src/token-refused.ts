import { DeviceClientError } from './device-client-error.js';

/** The server knows no such device. The token itself is a secret and is not repeated. */
export function tokenRefused(where: string): DeviceClientError {
  return new DeviceClientError('token-refused', `The server at ${where} knows no device with this access token.`);
}
