const MAX_CACHED_METHODS = 256;
const cache = new Map<string, Buffer>();

/** What closes the envelope of a call: its params go between {@link callHead} and this, verbatim. */
export const CALL_TAIL: Buffer = Buffer.from('}');

/** `{"method":"<method>","params":` as bytes. Methods are few; should a plugin make them up, they are not all kept. */
export function callHead(method: string): Buffer {
  const known = cache.get(method);
  if (known !== undefined) return known;
  const head = Buffer.from(`{"method":${JSON.stringify(method)},"params":`);
  if (cache.size < MAX_CACHED_METHODS) cache.set(method, head);
  return head;
}
