import { randomUUID } from 'node:crypto';
import { invalid } from './registry-refusals.js';
import type { Settings } from './rows.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHA_256 = /^[0-9a-f]{64}$/;

/** What neither database can keep: U+0000, and halves of surrogate pairs. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Longest name, title, type or token, UTF-16 code units, as in ThingsBoard: they are parts of indexes. */
const MAX_TEXT_LENGTH = 255;

/** The id in lower case, or `undefined` when it cannot be one: then no row has it. */
export function asId(given: string): string | undefined {
  if (UUID.test(given)) return given;
  const id = given.toLowerCase();
  return UUID.test(id) ? id : undefined;
}

/** Whether credentials can have this digest. */
export function isDigest(text: string): boolean {
  return SHA_256.test(text);
}

/** Whether a row can have this text: what is asked with another finds nothing. */
export function isStorable(text: string): boolean {
  return text.length <= MAX_TEXT_LENGTH && !UNSTORABLE.test(text);
}

/** The id of a new row: the given one, lower case, or a random one. */
export function newId(given: string | undefined, what: string): string {
  if (given === undefined) return randomUUID();
  const id = given.toLowerCase();
  if (!UUID.test(id)) throw invalid(`The id of a ${what} must be a UUID; "${given}" is none`);
  return id;
}

/** Refuses an empty text, and one that no row can have. */
export function filledText(value: string, what: string): string {
  if (value === '') throw invalid(`The ${what} must not be empty`);
  return storableText(value, what);
}

/** Refuses a text that no row can have. */
export function storableText(value: string, what: string): string {
  if (value.length > MAX_TEXT_LENGTH) throw invalid(`The ${what} must have ${MAX_TEXT_LENGTH} characters at most`);
  if (UNSTORABLE.test(value)) throw invalid(`The ${what} must be Unicode text without U+0000`);
  return value;
}

/** The time of creation: the given one, or now. Epoch ms. */
export function creationTime(given: number | undefined, now: number): number {
  const createdAt = given ?? now;
  if (!Number.isSafeInteger(createdAt) || createdAt < 0) {
    throw invalid(`createdAt must be whole milliseconds since 1970; ${String(createdAt)} is not`);
  }
  return createdAt;
}

/** Refuses everything but a digest: above all a secret that somebody forgot to digest. It is not repeated in the text. */
export function sha256Digest(digest: string): string {
  if (!SHA_256.test(digest))
    throw invalid('The digest of credentials must be a SHA-256 in lower-case hex (64 characters)');
  return digest;
}

/** A deeply frozen copy, so that neither side can change what the other holds. Refuses what JSON cannot carry. */
export function frozenSettings(settings: Settings, what: string): Settings {
  return frozenJson(settings, what) as Settings;
}

function frozenJson(value: unknown, path: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((entry, index) => frozenJson(entry, `${path}[${index}]`)));
  if (isPlainObject(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.freeze(
      Object.fromEntries(members.map(([name, member]) => [name, frozenJson(member, `${path}.${name}`)])),
    );
  }
  const kind =
    typeof value === 'object' ? `a ${value.constructor.name}` : typeof value === 'number' ? value : `a ${typeof value}`;
  throw invalid(`${path} must be JSON; ${kind} is not`);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
