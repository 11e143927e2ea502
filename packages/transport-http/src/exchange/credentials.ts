import { certificateCredentials, type DeviceCredentials } from '@device-messaging/host-api';
import type { DeviceRequest } from './device-request.js';
import { REFUSALS, type Refusal } from './refusals.js';

/** What stands in the path instead of an access token that is sent elsewhere. */
const ME = 'me';

const BEARER = 'bearer ';

/**
 * How a device proves who it is: the access token in the path; for `me` the bearer token (RFC 6750 section 2.1), or
 * without one the client certificate of its TLS connection.
 */
export function credentialsOf(
  request: DeviceRequest,
  authorityTenantId: string | undefined,
): DeviceCredentials | Refusal {
  const { token } = request.params;
  if (token !== ME) return { type: 'ACCESS_TOKEN', secret: token };
  const { authorization } = request.headers;
  if (authorization === undefined) {
    return certificateCredentials(request.raw.socket, authorityTenantId) ?? REFUSALS.noToken;
  }
  const secret = authorization.slice(BEARER.length).trim();
  const isBearer = authorization.slice(0, BEARER.length).toLowerCase() === BEARER && secret !== '';
  return isBearer ? { type: 'ACCESS_TOKEN', secret } : REFUSALS.noToken;
}
