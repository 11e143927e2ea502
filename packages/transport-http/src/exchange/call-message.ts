import type { OutgoingRpc } from '@device-messaging/host-api';

/** Method names as JSON: there are few. */
const names = new Map<string, string>();
const MAX_NAMES = 1_000;

/**
 * `{"id":…,"method":…,"params":…}`, the params byte for byte, between what the protocol wants before and after it.
 */
export function callMessage({ id, method, params }: OutgoingRpc, before = '', after = ''): Buffer {
  const head = `${before}{"id":${id},"method":${nameOf(method)},"params":`;
  const { bytes } = params;
  const message = Buffer.allocUnsafe(Buffer.byteLength(head) + bytes.length + after.length + 1);
  const start = message.write(head);
  message.set(bytes, start);
  message.write(`}${after}`, start + bytes.length, 'latin1');
  return message;
}

function nameOf(method: string): string {
  let name = names.get(method);
  if (name === undefined) {
    name = JSON.stringify(method);
    if (names.size < MAX_NAMES) names.set(method, name);
  }
  return name;
}
