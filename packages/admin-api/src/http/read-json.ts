import { invalid, Problem } from '../problem/problem.js';

/** Deeper than any setting that people write. */
const MAX_DEPTH = 32;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a JSON body: UTF-8 without byte order mark, not deeper than 32, and without members that JavaScript takes for
 * something else (`__proto__`).
 * @throws Problem 400
 */
export function readJson(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) throw new Problem(400, `The body is nested deeper than ${MAX_DEPTH} levels.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which may hold a password.
    throw new Problem(400, 'The body is not JSON.');
  }
  refuseForeignMembers(value, '');
  return value;
}

/** @throws Problem 400 when the bytes are not UTF-8. */
export function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Problem(400, 'The body is not UTF-8.');
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How deep the text would nest, were it JSON: known before it is parsed, in one pass. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInText) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isInText = false;
    } else if (code === QUOTE) isInText = true;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

function refuseForeignMembers(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) refuseForeignMembers(value[index], `${path}${index}.`);
    return;
  }
  for (const [member, content] of Object.entries(value)) {
    if (member === '__proto__') throw invalid(`${path}__proto__`, 'is not known');
    refuseForeignMembers(content, `${path}${member.slice(0, 60)}.`);
  }
}
