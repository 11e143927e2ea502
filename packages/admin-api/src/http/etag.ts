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
 * What `If-Match` expects of the row, which is asked once more when the change is made: two who read the same row and
 * change it at the same moment, on whichever nodes, do not both succeed.
 * @throws Problem 412 when the row as it is now is none of what is expected.
 */
export function expectation(ifMatch: string | undefined, row: Pick<Versioned, 'version'>): Expectation {
  if (isAny(ifMatch)) return {};
  assertMatches(ifMatch, versionTag(row));
  return { ifVersion: row.version };
}

/** Whether `If-Match` lets any version pass: it is absent, or `*`. */
export function isAny(ifMatch: string | undefined): boolean {
  return ifMatch === undefined || ifMatch.trim() === '*';
}

/** @throws Problem 412. Weak tags never match (RFC 9110 section 13.1.1). */
export function assertMatches(ifMatch: string | undefined, tag: string): void {
  if (ifMatch === undefined || isAny(ifMatch)) return;
  if (!ifMatch.split(',').some((candidate) => candidate.trim() === tag)) throw stale();
}
