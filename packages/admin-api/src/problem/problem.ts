/** One thing that is wrong with a request. */
export interface RequestProblem {
  /** The member, as a path: `configuration.maxTimeout`. Empty: the whole. */
  readonly path: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** More than a status and a sentence. */
export interface ProblemExtras {
  readonly errors?: readonly RequestProblem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Tells refusals with the same status apart for programs. */
  readonly kind?: string;
}

/** A refusal, answered as RFC 9457 says. Its text reaches the client: it names nothing that the client may not see. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    /** HTTP status. */
    readonly status: number,
    detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail);
  }
}

/** The same for what does not exist and for what is another tenant's. */
export function notFound(what: string): Problem {
  return new Problem(404, `There is no such ${what}.`);
}

export function invalid(path: string, message: string): Problem {
  return invalidAll([{ path, message }]);
}

export function invalidAll(errors: readonly RequestProblem[]): Problem {
  return new Problem(400, 'The request is not valid.', { errors });
}

export function unauthorized(detail: string): Problem {
  return new Problem(401, detail, { headers: { 'www-authenticate': 'Bearer' } });
}

export function forbidden(): Problem {
  return new Problem(403, 'Your role does not allow this.');
}

export function stale(): Problem {
  return new Problem(412, 'The row was changed since you read it: read it again.');
}

/** Nothing is wrong with the request, it cannot be done at this moment. */
export function tryLater(detail: string, retryAfterS: number = 1): Problem {
  return new Problem(503, detail, { headers: { 'retry-after': String(retryAfterS) } });
}

/** @param retryAfterMs when it may be tried again */
export function tooMany(detail: string, retryAfterMs: number): Problem {
  return new Problem(429, detail, { headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) } });
}

/** How long a client should wait for a database that is away, s. */
const RETRY_AFTER_S = '5';

/** Nothing is wrong with the request. */
export function unavailable(): Problem {
  return new Problem(503, 'The database cannot be used at the moment. Try again.', {
    kind: 'unavailable',
    headers: { 'retry-after': RETRY_AFTER_S },
  });
}
