import type { Readable } from 'node:stream';
import type { Versioned } from '@device-messaging/host-api';
import { versionTag } from './etag.js';

/** What a handler answers with, when it is more than 200 and a body. */
export class Answer {
  constructor(
    readonly status: number,
    /** A value is sent as JSON, a stream or a text as it is. */
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** 200 with a row and its version. */
export function row(view: object, { version }: Pick<Versioned, 'version'>): Answer {
  return new Answer(200, view, { etag: versionTag({ version }) });
}

/** 201 with the row that was made; RFC 9110 section 15.3.2 wants its place, too. */
export function created(view: object, { version }: Pick<Versioned, 'version'>, location: string): Answer {
  return new Answer(201, view, { etag: versionTag({ version }), location });
}

export function noContent(): Answer {
  return new Answer(204, undefined);
}

export function streamed(stream: Readable, contentType: string, headers: Readonly<Record<string, string>>): Answer {
  return new Answer(200, stream, { 'content-type': contentType, ...headers });
}
