/** Up to here a loop compares faster than a call into the runtime. */
const SHORT_BYTES = 64;
/** How much of a wrong payload an error tells. */
const SHOWN_BYTES = 200;

/**
 * @param {Buffer} bytes
 * @param {number} from
 * @param {number} to
 * @param {Buffer} expected
 */
export function isSame(bytes, from, to, expected) {
  if (to - from !== expected.length) return false;
  if (expected.length > SHORT_BYTES) return expected.compare(bytes, from, to) === 0;
  for (let at = 0; at < expected.length; at++) if (bytes[from + at] !== expected[at]) return false;
  return true;
}

/**
 * What is wrong with an answer or a call.
 * @param {string} what
 * @param {Buffer} bytes
 * @param {number} from
 * @param {number} to
 * @param {Buffer} expected
 */
export function wrongBytes(what, bytes, from, to, expected) {
  const got = bytes.toString('utf8', from, Math.min(to, from + SHOWN_BYTES));
  return new Error(`A wrong ${what}: ${got} instead of ${expected.toString('utf8', 0, SHOWN_BYTES)}`);
}
