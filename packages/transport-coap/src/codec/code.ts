/** Codes as the byte that stands in a message: class in the upper three bits, detail in the lower five (RFC 7252 section 3). */
export const Code = {
  EMPTY: 0,
  GET: 1,
  POST: 2,
  /** 2.04 */
  CHANGED: 0x44,
  /** 2.05 */
  CONTENT: 0x45,
  /** 2.31 (RFC 7959 section 2.9.1) */
  CONTINUE: 0x5f,
  /** 4.00 */
  BAD_REQUEST: 0x80,
  /** 4.01 */
  UNAUTHORIZED: 0x81,
  /** 4.02 */
  BAD_OPTION: 0x82,
  /** 4.04 */
  NOT_FOUND: 0x84,
  /** 4.05 */
  METHOD_NOT_ALLOWED: 0x85,
  /** 4.06 */
  NOT_ACCEPTABLE: 0x86,
  /** 4.08 (RFC 7959 section 2.9.2) */
  REQUEST_ENTITY_INCOMPLETE: 0x88,
  /** 4.13 */
  REQUEST_ENTITY_TOO_LARGE: 0x8d,
  /** 4.29 (RFC 8516) */
  TOO_MANY_REQUESTS: 0x9d,
  /** 5.00 */
  INTERNAL_SERVER_ERROR: 0xa0,
  /** 5.03 */
  SERVICE_UNAVAILABLE: 0xa3,
  /** 5.05 */
  PROXYING_NOT_SUPPORTED: 0xa5,
} as const;

/** The part of a code before the dot: 0 requests, 2, 4 and 5 responses; the others are reserved. */
export function classOf(code: number): number {
  return code >> 5;
}
