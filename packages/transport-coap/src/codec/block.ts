/** SZX 7 is reserved (RFC 7959 section 2.2). */
export const RESERVED_SZX = 7;
/** 1,024 bytes, the largest block. */
export const MAX_SZX = 6;
/** NUM has 20 bits. */
const MAX_NUM = 2 ** 20 - 1;

/** A Block option as one number: NUM in the upper bits, the bit M, SZX in the lower three (RFC 7959 section 2.2). */
export function blockOption(num: number, more: boolean, szx: number): number {
  return (num << 4) | (more ? 8 : 0) | szx;
}

export function numOf(block: number): number {
  return block >>> 4;
}

export function hasMore(block: number): boolean {
  return (block & 8) !== 0;
}

export function szxOf(block: number): number {
  return block & 7;
}

/** Bytes. */
export function blockSize(szx: number): number {
  return 16 << szx;
}

/** Where in the body a block begins, bytes. */
export function offsetOf(block: number): number {
  return numOf(block) * blockSize(szxOf(block));
}

/** The largest SZX whose blocks are not larger than `bytes`; 0 (16 bytes) when none is small enough. */
export function largestSzx(bytes: number): number {
  let szx = MAX_SZX;
  while (szx > 0 && blockSize(szx) > bytes) szx -= 1;
  return szx;
}

/** The longest body that blocks of this size can carry, bytes. */
export function longestBody(szx: number): number {
  return (MAX_NUM + 1) * blockSize(szx);
}
