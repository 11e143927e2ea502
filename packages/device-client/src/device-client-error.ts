/**
 * Why a device could not do what it was asked to. An error of the device API, `{"error":…}`, is an answer and none of
 * these.
 * - `token-refused`: no device has this access token (or certificate), or not any more.
 * - `unreachable`: nobody listens there, or there is no way there.
 * - `untrusted`: the two sides do not accept each other's TLS certificates.
 * - `timeout`: the other side took longer than it was given.
 * - `too-large`: the payload is larger than the server takes, or the answer larger than this device does.
 * - `rate-limited`: the server refused because the device asks too much.
 * - `unavailable`: the server is starting, stopping, or cannot look up the device; later it may.
 * - `unexpected`: the other side answered with something that the device API does not know.
 * - `lost`: the connection ended without this side's doing; what was under way may or may not have arrived.
 * - `closed`: this side closed it.
 */
export type DeviceClientErrorCode =
  | 'token-refused'
  | 'unreachable'
  | 'untrusted'
  | 'timeout'
  | 'too-large'
  | 'rate-limited'
  | 'unavailable'
  | 'unexpected'
  | 'lost'
  | 'closed';

/** The only error that connections and requests end with. Its message is one line for people, without secrets. */
export class DeviceClientError extends Error {
  override readonly name = 'DeviceClientError';

  constructor(
    readonly code: DeviceClientErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message.replace(/\s*[\r\n]+\s*/g, ' '), options);
  }
}
