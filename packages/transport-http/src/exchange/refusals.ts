/** Seconds after which a device that was told "not now" may ask again. */
export const RETRY_AFTER_S = 1;

/** What a device is told beside a status code, when there is no answer of the host. */
export const REFUSALS = {
  noToken: refusal(
    401,
    'No access token. Send it as Authorization: Bearer <access token>, or in the path instead of "me".',
  ),
  unknownToken: refusal(401, 'No device has this access token.'),
  unknownCertificate: refusal(401, 'No device has this client certificate, or it is not valid now.'),
  notStarted: refusal(503, 'The server is starting. Try again.'),
  stopping: refusal(503, 'The server is stopping. Try again.'),
  unavailable: refusal(503, 'The server cannot look up this device at the moment. Try again.'),
  rateLimited: refusal(429, 'Rate limit exceeded!'),
  overQuota: refusal(429, 'As many connections are open as the quota allows. Try again.'),
  failed: refusal(500, 'Internal server error!'),
  pipelining: refusal(503, 'Too many requests are under way on this connection.'),
  nobodyWaits: refusal(404, 'No call with this id waits for a reply of this device.'),
  notJson: refusal(400, 'Invalid request: it is not JSON in UTF-8'),
  badTimeout: refusal(400, 'Invalid request: timeout must be a whole number of ms'),
  encoded: refusal(415, 'Invalid request: the body has a Content-Encoding. Send it as it is.'),
} as const;

/** A response that is the same every time. */
export interface Refusal {
  readonly status: number;
  readonly body: Buffer;
}

export function refusal(status: number, text: string): Refusal {
  return { status, body: Buffer.from(JSON.stringify({ error: text })) };
}
