import type { DeviceRequest } from './device-request.js';

const NOTHING = Buffer.alloc(0);

/** The bytes of a request's body: what the routes' content type parser leaves of it. */
export function bodyOf({ body }: DeviceRequest): Buffer {
  return Buffer.isBuffer(body) ? body : NOTHING;
}
