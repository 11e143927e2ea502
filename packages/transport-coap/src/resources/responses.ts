import { Code } from '../codec/code.js';
import { ContentFormat } from '../codec/option-number.js';
import { Representation } from '../codec/representation.js';
import { Response } from '../codec/response.js';

/** Seconds after which a client may try again what cannot be done now, where the host knows no better. */
export const RETRY_AFTER_SECONDS = 5;

/** 4.00: the request is not what this server understands. */
export function invalidRequest(why: string): Response {
  const body = Representation.ofText(JSON.stringify({ error: `Invalid request: ${why}` }));
  return new Response(Code.BAD_REQUEST, body, ContentFormat.JSON);
}

/** An error with a diagnostic text (RFC 7252 section 5.5.2). */
export function refusal(code: number, why: string): Response {
  return new Response(code, Representation.ofText(why));
}

/** 5.03, or 4.29: not now. Max-Age says when to try again (RFC 7252 section 5.9.3.4). */
export function tryLater(code: number, why: string, afterSeconds: number = RETRY_AFTER_SECONDS): Response {
  const response = refusal(code, why);
  response.maxAge = afterSeconds;
  return response;
}

/** 4.13; Size1 says what would be taken (RFC 7959 section 2.9.3). */
export function tooLarge(maxBodyBytes: number): Response {
  const response = refusal(Code.REQUEST_ENTITY_TOO_LARGE, `The body may have ${maxBodyBytes} bytes`);
  response.size1 = maxBodyBytes;
  return response;
}
