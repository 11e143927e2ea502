/** The options that this server reads or writes (RFC 7252 section 12.2, RFC 7641, RFC 7959, RFC 9175). */
export const OptionNumber = {
  URI_HOST: 3,
  ETAG: 4,
  OBSERVE: 6,
  URI_PORT: 7,
  URI_PATH: 11,
  CONTENT_FORMAT: 12,
  MAX_AGE: 14,
  URI_QUERY: 15,
  ACCEPT: 17,
  BLOCK2: 23,
  BLOCK1: 27,
  SIZE2: 28,
  PROXY_URI: 35,
  PROXY_SCHEME: 39,
  SIZE1: 60,
  REQUEST_TAG: 292,
} as const;

/** Content-Format numbers (RFC 7252 section 12.3). */
export const ContentFormat = { LINK_FORMAT: 40, JSON: 50 } as const;
