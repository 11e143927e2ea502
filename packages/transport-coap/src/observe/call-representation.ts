import type { OutgoingRpc } from '@device-messaging/host-api';
import { Representation } from '../codec/representation.js';

const TAIL = Buffer.from('}');
const MAX_CACHED_METHODS = 256;
const cache = new Map<string, string>();

/** `{"id":…,"method":"…","params":…}`, the params verbatim. */
export function callRepresentation({ id, method, params }: OutgoingRpc): Representation {
  return new Representation(params.bytes, Buffer.from(`{"id":${id}${memberOf(method)}`), TAIL);
}

/** Methods are few; should a plugin make them up, they are not all kept. */
function memberOf(method: string): string {
  const known = cache.get(method);
  if (known !== undefined) return known;
  const member = `,"method":${JSON.stringify(method)},"params":`;
  if (cache.size < MAX_CACHED_METHODS) cache.set(method, member);
  return member;
}
