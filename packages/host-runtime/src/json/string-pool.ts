import { contentOf } from './json-members.js';

const SLOTS = 256;
/** Longer strings are made anew: names of methods are short. */
const MAX_LENGTH = 64;

interface Pooled {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * The strings of names that come again and again, by their bytes: one that is known costs a comparison instead of a
 * new string. Direct-mapped, so that made-up names cannot fill the memory: they only push each other out.
 */
export class StringPool {
  private readonly slots: (Pooled | undefined)[] = new Array<Pooled | undefined>(SLOTS).fill(undefined);

  /** The JSON string whose content, without its quotes, is `bytes[start…end)`. */
  get(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length > MAX_LENGTH) return contentOf(bytes, start, end);
    // FNV-1a.
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    const known = this.slots[slot];
    if (known !== undefined && isSame(known.bytes, bytes, start, length)) return known.text;
    const text = contentOf(bytes, start, end);
    this.slots[slot] = { bytes: bytes.slice(start, end), text };
    return text;
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let at = 0; at < length; at++) {
    if (known[at] !== bytes[start + at]) return false;
  }
  return true;
}
