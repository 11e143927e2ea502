import { protocolError, ProtocolViolation } from '../codec/protocol-violation.js';
import { ReasonCode } from '../codec/reason-code.js';
import { requireText } from '../codec/packet-reader.js';

/** Everything below is the device's own. */
export const OWN_PREFIX = 'v1/devices/me/';
export const REQUEST_PREFIX = `${OWN_PREFIX}rpc/request/`;
export const RESPONSE_PREFIX = `${OWN_PREFIX}rpc/response/`;
export const ATTRIBUTES_RESPONSE_PREFIX = `${OWN_PREFIX}attributes/response/`;

/**
 * What a device publishes to.
 * - `request`, `reply`, `attributes-request`: with an id as last level.
 * - `telemetry`, `attributes`: the topics of these names.
 * - `bad-id`: an rpc topic whose last level is no id.
 * - `other`: anything else of its own.
 */
export type DeviceTopic = 'request' | 'reply' | 'attributes-request' | 'telemetry' | 'attributes' | 'bad-id' | 'other';

const OWN = Buffer.from(OWN_PREFIX);
const REQUEST = Buffer.from(REQUEST_PREFIX);
const RESPONSE = Buffer.from(RESPONSE_PREFIX);
const RPC = Buffer.from(`${OWN_PREFIX}rpc/`);
const TELEMETRY = Buffer.from(`${OWN_PREFIX}telemetry`);
const ATTRIBUTES = Buffer.from(`${OWN_PREFIX}attributes`);
const ATTRIBUTES_REQUEST = Buffer.from(`${OWN_PREFIX}attributes/request/`);
const MAX_ID_DIGITS = 19;
/** Any number of so many digits is exact. */
const MAX_EXACT_DIGITS = 15;

/**
 * Tells what the topic `buffer[start…end)` of a PUBLISH packet means. Works on the bytes: no string is made of a topic.
 * @throws ProtocolViolation when it is no topic name, or not one of the device's own.
 */
export function readDeviceTopic(buffer: Buffer, start: number, end: number): DeviceTopic {
  if (startsWith(buffer, start, end, REQUEST) && isId(buffer, start + REQUEST.length, end)) return 'request';
  if (startsWith(buffer, start, end, RESPONSE) && isId(buffer, start + RESPONSE.length, end)) return 'reply';
  if (end - start === TELEMETRY.length && startsWith(buffer, start, end, TELEMETRY)) return 'telemetry';
  if (end - start === ATTRIBUTES.length && startsWith(buffer, start, end, ATTRIBUTES)) return 'attributes';
  if (startsWith(buffer, start, end, ATTRIBUTES_REQUEST) && isId(buffer, start + ATTRIBUTES_REQUEST.length, end)) {
    return 'attributes-request';
  }
  requireTopicName(buffer.subarray(start, end));
  if (!startsWith(buffer, start, end, OWN)) {
    throw new ProtocolViolation(ReasonCode.TOPIC_NAME_INVALID, `a device publishes below ${OWN_PREFIX} only`);
  }
  return startsWith(buffer, start, end, RPC) ? 'bad-id' : 'other';
}

/** The id at the end of a topic that {@link readDeviceTopic} called `request` or `attributes-request`, as it was sent. */
export function readTopicId(
  topic: 'request' | 'attributes-request',
  buffer: Buffer,
  start: number,
  end: number,
): string {
  const prefix = topic === 'request' ? REQUEST : ATTRIBUTES_REQUEST;
  return buffer.toString('latin1', start + prefix.length, end);
}

/** The number at the end of a topic that {@link readDeviceTopic} called `reply`. */
export function readReplyId(buffer: Buffer, start: number, end: number): number {
  const from = start + RESPONSE.length;
  if (end - from > MAX_EXACT_DIGITS) return Number(buffer.toString('latin1', from, end));
  let id = 0;
  for (let at = from; at < end; at += 1) id = id * 10 + buffer[at]! - 0x30;
  return id;
}

function requireTopicName(topic: Buffer): void {
  if (topic.length === 0) throw protocolError('the topic name is empty');
  requireText(topic);
  if (topic.includes('+') || topic.includes('#')) {
    throw new ProtocolViolation(ReasonCode.TOPIC_NAME_INVALID, 'a topic name must not contain wildcards');
  }
}

function startsWith(buffer: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false;
  // From the back: the device's topics differ there.
  for (let index = prefix.length - 1; index >= 0; index -= 1) {
    if (buffer[start + index] !== prefix[index]) return false;
  }
  return true;
}

function isId(buffer: Buffer, start: number, end: number): boolean {
  if (end === start || end - start > MAX_ID_DIGITS) return false;
  for (let index = start; index < end; index += 1) {
    const byte = buffer[index]!;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}
