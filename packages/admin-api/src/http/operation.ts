import type { JsonSchema, UserRole } from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import type { Trace } from '../audit/trace.js';
import type { Caller } from '../auth/caller.js';
import type { Schema } from '../schemas/schema.js';

/** A request that was let in and is valid. */
export interface AdminRequest<P = unknown, Q = unknown, B = unknown> {
  readonly caller: Caller;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The JSON body as it came, for members that are passed on verbatim. */
  readonly bodyText: string;
  /** The `If-Match` header. */
  readonly ifMatch: string | undefined;
  readonly trace: Trace;
}

/** One method of one path: what it takes, who may ask, what it does. The OpenAPI document is made of these. */
export interface Operation<P = unknown, Q = unknown, B = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api`, with parameters as fastify writes them: `/devices/:id`. */
  readonly path: string;
  /** Unique: client generators name functions after it. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** `anyone`: without an access token. */
  readonly roles: 'anyone' | readonly UserRole[];
  readonly params?: Schema<P>;
  readonly query?: Schema<Q>;
  readonly body?: Schema<B>;
  /** A body that is read as a stream: the handler gets a `Readable`, and counts its bytes. */
  readonly streamedBody?: { readonly mediaType: string; readonly maxBytes: number; readonly schema?: JsonSchema };
  /** Longest JSON body, where it is not the API's. */
  readonly maxBodyBytes?: number;
  /** What comes back when all is well. */
  readonly answer: {
    readonly status: 200 | 201 | 204;
    readonly description: string;
    readonly schema?: JsonSchema;
    readonly mediaType?: string;
  };
  /** Statuses of refusals beside those that every operation has. */
  readonly refusals?: readonly number[];
  /** Yields an `Answer`, or the body of a 200. */
  readonly handle: (request: AdminRequest<P, Q, B>) => Awaitable<unknown>;
}

/** An operation of any shape, for lists of them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each operation's handler fits its own schemas: `operation` has checked it
export type AnyOperation = Operation<any, any, any>;

/** Holds an operation's handler against its schemas. */
export function operation<P, Q, B>(description: Operation<P, Q, B>): AnyOperation {
  return description;
}
