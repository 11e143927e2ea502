import type { AnswerKind } from '@device-messaging/host-api';
import { JsonText, RpcError } from '@device-messaging/plugin-api';

const fixed = new Map<string, Uint8Array>();

/** An error as a device receives it: `{"error":"<text>"}`. */
export function errorBytes(error: RpcError): Uint8Array {
  if (error.detail !== undefined) return Buffer.from(JSON.stringify({ error: error.message }));
  let bytes = fixed.get(error.code);
  if (bytes === undefined) {
    bytes = Buffer.from(JSON.stringify({ error: error.message }));
    fixed.set(error.code, bytes);
  }
  return bytes;
}

/** An answer as a device receives it. */
export function bytesOf(outcome: JsonText | RpcError): Uint8Array {
  return outcome instanceof RpcError ? errorBytes(outcome) : outcome.bytes;
}

/** What an error is to a protocol that has codes of its own. */
export function kindOf(error: RpcError): AnswerKind {
  if (error.code === 'INVALID_REQUEST') return 'malformed';
  return error.code === 'RATE_LIMIT_EXCEEDED' ? 'rate-limited' : 'answer';
}

/**
 * What a handler answered, as bytes: verbatim or as its JSON. `undefined` is no response.
 * @throws TypeError when the value has no JSON form.
 */
export function answerOf(value: unknown): JsonText | RpcError {
  if (value instanceof JsonText || value instanceof RpcError) return value;
  return value === undefined ? new RpcError('NO_RESPONSE') : JsonText.of(value);
}
