import { connect } from 'node:net';

/** What every connection reads into: a response is looked at before the next read. */
const RECEIVED = Buffer.allocUnsafeSlow(256 * 1024);
const NONE = Buffer.alloc(0);

const HEADERS_END = Buffer.from('\r\n\r\n');
const LENGTH = Buffer.from('content-length: ');
const DATA = Buffer.from('\ndata: ');
const EVENT_END = Buffer.from('\n\n');
const STATUS_AT = 'HTTP/1.1 '.length;

/**
 * @callback OnBody
 * @param {number} status of a response; 200 for an event
 * @param {Buffer} bytes valid during the call only
 * @param {number} start of the body, or of the event's data
 * @param {number} end
 * @returns {void}
 */

/** A connection that calls back with the body of each response, or, once it is a stream, with each event's data. */
export class HttpConnection {
  /** @param {number} port @param {(error: Error) => void} onFailure it broke, or the server closed it */
  constructor(port, onFailure) {
    /** @type {OnBody} */
    this.onBody = () => onFailure(new Error('A response that nobody asked for'));
    this.isStream = false;
    this.partial = NONE;
    const onread = { buffer: RECEIVED, callback: (size) => this.receive(size) };
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    this.socket.on('error', onFailure);
    this.socket.on('end', () => onFailure(new Error('The server closed a connection')));
  }

  connected() {
    return new Promise((resolve) => this.socket.once('connect', resolve));
  }

  /** @param {Buffer} bytes must stay as they are until the server has answered to them */
  write(bytes) {
    this.socket.write(bytes);
  }

  receive(size) {
    const received = RECEIVED.subarray(0, size);
    let bytes = this.partial.length === 0 ? received : Buffer.concat([this.partial, received]);
    for (;;) {
      const used = this.isStream ? this.readEvent(bytes) : this.readResponse(bytes);
      if (used === 0) break;
      bytes = bytes.subarray(used);
    }
    this.partial = bytes.length === 0 ? NONE : Buffer.from(bytes);
    return true;
  }

  /** @returns {number} how many bytes the response has; 0 while it is not whole */
  readResponse(bytes) {
    const headersEnd = bytes.indexOf(HEADERS_END);
    if (headersEnd < 0) return 0;
    const lengthAt = bytes.indexOf(LENGTH) + LENGTH.length;
    let length = 0;
    for (let at = lengthAt; bytes[at] !== 0x0d; at++) length = length * 10 + bytes[at] - 0x30;
    const start = headersEnd + HEADERS_END.length;
    if (bytes.length < start + length) return 0;
    const status = Number(bytes.latin1Slice(STATUS_AT, STATUS_AT + 3));
    this.onBody(status, bytes, start, start + length);
    return start + length;
  }

  /** @returns {number} how many bytes lead to the end of the next event; 0 while it is not whole */
  readEvent(bytes) {
    const dataAt = bytes.indexOf(DATA);
    if (dataAt < 0) return 0;
    const end = bytes.indexOf(EVENT_END, dataAt);
    if (end < 0) return 0;
    this.onBody(200, bytes, dataAt + DATA.length, end);
    return end + EVENT_END.length;
  }
}
