import { createHash } from 'node:crypto';
import type { Expectation, Versioned } from '@device-messaging/host-api';
import { stale } from '../problem/problem.js';

/** RFC 9110 section 8.8.3: a row's version is a strong validator. */
export function versionTag({ version }: Pick<Versioned, 'version'>): string {
  return `"${version}"`;
}

/** Of what has no version of its own. */
export function contentTag(content: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}"`;
}

/**
 * What `If-Match` expects of the row, which is asked once more when the change is made.
 * @throws Problem 412 when the row as it is now is none of what is expected.
 */
export function expectation(ifMatch: string | undefined, row: Pick<Versioned, 'version'>): Expectation {
  if (ifMatch === undefined || ifMatch.trim() === '*') return {};
  assertMatches(ifMatch, versionTag(row));
  return { ifVersion: row.version };
}

/** @throws Problem 412. Weak tags never match (RFC 9110 section 13.1.1). */
export function assertMatches(ifMatch: string | undefined, tag: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  if (!ifMatch.split(',').some((candidate) => candidate.trim() === tag)) throw stale();
}
