import { Representation } from './representation.js';

/** An option that a response does not have. */
export const ABSENT = -1;

/**
 * A response without what its message adds (type, id, token). Options are numbers, {@link ABSENT} by default, so that
 * every response has the same shape.
 */
export class Response {
  /** Four bytes, opaque to clients. */
  etag: number = ABSENT;
  observe: number = ABSENT;
  maxAge: number = ABSENT;
  block2: number = ABSENT;
  block1: number = ABSENT;
  size2: number = ABSENT;
  size1: number = ABSENT;

  constructor(
    readonly code: number,
    readonly body: Representation = Representation.EMPTY,
    /** Without one, the body of an error is a diagnostic text (RFC 7252 section 5.5.2). */
    readonly contentFormat: number = ABSENT,
  ) {}
}
