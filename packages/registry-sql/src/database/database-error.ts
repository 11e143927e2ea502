import { UnavailableError } from '@device-messaging/host-api';

/**
 * Why a database cannot be used.
 * - `UNREACHABLE`: nothing answers, or it does not answer in time.
 * - `REFUSED`: user, password, database name or TLS settings are wrong.
 * - `BUSY`: more work waits for it than it may keep waiting.
 * - `NEWER_SCHEMA`: a newer program has been here.
 * - `LOCKED`: another process has the file open.
 * - `NO_DATABASE`: the file is something else.
 * - `NOT_WRITABLE`: directory or file cannot be written.
 * - `CLOSED`: it was closed.
 */
export type DatabaseErrorCode =
  'UNREACHABLE' | 'REFUSED' | 'BUSY' | 'NEWER_SCHEMA' | 'LOCKED' | 'NO_DATABASE' | 'NOT_WRITABLE' | 'CLOSED';

/** A database that cannot be used. The message is one line for whoever runs the program; it never holds a password. */
export class DatabaseError extends UnavailableError {
  override readonly name = 'DatabaseError';

  constructor(
    readonly code: DatabaseErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
