import { REDACTED } from './redacted-fields.js';

/** Longest secret that is looked for: a bound on the work for a text that is made of beginnings. */
const SECRET = '{1,4096}';

/** Secrets that are known by what stands before them, wherever they are in a text, and what takes their place. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // A device's access token in a path of the device API. `me` stands for one that is sent elsewhere.
  [new RegExp(`(api/v1/)(?!me[/?"\\s])[^/?"\\\\\\s]${SECRET}`, 'g'), `$1${REDACTED}`],
  // User and password in a URL; a user name alone is an access token of MQTT. Up to the last `@`: not everybody encodes one.
  [new RegExp(`(://)(?:[^"\\\\\\s]|\\\\.)${SECRET}@`, 'g'), `$1${REDACTED}@`],
  [new RegExp(`(bearer )[^",\\\\\\s]${SECRET}`, 'gi'), `$1${REDACTED}`],
  // A JWT.
  [new RegExp(`\\beyJ[\\w-]${SECRET}\\.[\\w-]${SECRET}\\.[\\w-]${SECRET}`, 'g'), REDACTED],
];

/** A line of the log without the secrets that can be known by their looks. It stays JSON when it was. */
export function redactedText(line: string): string {
  return PATTERNS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}
