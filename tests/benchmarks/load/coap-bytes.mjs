// The few CoAP messages that the load consists of, and how received ones are read in place (RFC 7252 section 3).

export const CON = 0;
export const ACK = 2;
export const POST = 0x02;
export const GET = 0x01;
export const CONTENT = 0x45;
export const CHANGED = 0x44;
export const EMPTY = 0x00;

const OBSERVE = 6;
const URI_PATH = 11;
const PAYLOAD_MARKER = 0xff;

/** The length of every token here. */
export const TOKEN_BYTES = 4;

function option(delta, value) {
  const length = value.length < 13 ? [value.length] : [13, value.length - 13];
  return Buffer.concat([Buffer.from([(delta << 4) | length[0], ...length.slice(1)]), value]);
}

/**
 * A confirmable request.
 * @param {number} code
 * @param {number} token
 * @param {readonly string[]} path
 * @param {{ observe?: boolean, payload?: string }} [more]
 */
export function request(code, token, path, { observe = false, payload } = {}) {
  const head = Buffer.from([0x40 | (CON << 4) | TOKEN_BYTES, code, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(token, 4);
  const options = observe ? [option(OBSERVE, Buffer.alloc(0))] : [];
  let last = observe ? OBSERVE : 0;
  for (const segment of path) {
    options.push(option(URI_PATH - last, Buffer.from(segment)));
    last = URI_PATH;
  }
  const body = payload === undefined ? [] : [Buffer.from([PAYLOAD_MARKER]), Buffer.from(payload)];
  return Buffer.concat([head, ...options, ...body]);
}

/** An empty acknowledgement. */
export function acknowledgement() {
  return Buffer.from([0x40 | (ACK << 4), EMPTY, 0, 0]);
}

export const typeOf = (bytes) => (bytes[0] >> 4) & 3;
export const codeOf = (bytes) => bytes[1];

/** @param {Buffer} to @param {Buffer} from */
export function copyMessageId(to, from) {
  to[2] = from[2];
  to[3] = from[3];
}

/** @param {Buffer} bytes @param {number} id */
export function setMessageId(bytes, id) {
  bytes[2] = id >> 8;
  bytes[3] = id & 0xff;
}

/** Where the payload begins; the end when there is none. @param {Buffer} bytes */
export function payloadStart(bytes) {
  let at = 4 + (bytes[0] & 0x0f);
  while (at < bytes.length && bytes[at] !== PAYLOAD_MARKER) {
    const [delta, length] = [bytes[at] >> 4, bytes[at] & 0x0f];
    at += 1 + (delta === 13 ? 1 : delta === 14 ? 2 : 0);
    if (length === 13) at += 1 + 13 + bytes[at];
    else if (length === 14) at += 2 + 269 + bytes.readUInt16BE(at);
    else at += length;
  }
  return Math.min(at + 1, bytes.length);
}
