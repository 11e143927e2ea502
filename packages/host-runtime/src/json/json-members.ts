import { KEY_END, KEY_ESCAPED, KEY_START, MEMBER_DEPTH, MEMBER_SIZE, VALUE_END, VALUE_START } from './json-scanner.js';

const BACKSLASH = 0x5c;

/** The bytes of a member name, as they stand in a JSON text when nothing in it is escaped. */
export function memberName(name: string): Uint8Array {
  return Buffer.from(JSON.stringify(name).slice(1, -1));
}

/** A slice of the scanned text, as text. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return bufferOf(bytes).toString('utf8', start, end);
}

/** The string whose content, without its quotes, is this slice of the scanned text. */
export function contentOf(bytes: Uint8Array, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x80 || byte === BACKSLASH) return JSON.parse(`"${textOf(bytes, start, end)}"`) as string;
  }
  return bufferOf(bytes).toString('latin1', start, end);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Whether the member noted at `index` has this name. An escaped key equals the unescaped one.
 * `name` is what {@link memberName} made of `text`.
 */
export function isNamed(
  bytes: Uint8Array,
  members: readonly number[],
  index: number,
  name: Uint8Array,
  text: string,
): boolean {
  const start = members[index + KEY_START]!;
  const end = members[index + KEY_END]!;
  if (members[index + KEY_ESCAPED] === 1) return contentOf(bytes, start, end) === text;
  if (end - start !== name.length) return false;
  for (let at = 0; at < name.length; at++) {
    if (bytes[start + at] !== name[at]) return false;
  }
  return true;
}

/** Where the notes of the members directly below the one at `index` end; they begin right behind it. */
export function endOfChildren(members: readonly number[], noted: number, index: number): number {
  let end = index + MEMBER_SIZE;
  while (end < noted && members[end + MEMBER_DEPTH] === 2) end += MEMBER_SIZE;
  return end;
}

/** Offset of a member's value. */
export function valueStart(members: readonly number[], index: number): number {
  return members[index + VALUE_START]!;
}

/** Offset behind a member's value. */
export function valueEnd(members: readonly number[], index: number): number {
  return members[index + VALUE_END]!;
}
