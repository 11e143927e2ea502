import { DatabaseError } from '../database/database-error.js';

/** SQLSTATE classes and codes after which a connection is of no use: the server ends, or does not take part any more. */
const DEAD_CONNECTION = /^(08|57P0[1-5]$)/;

/** SQLSTATE classes of data that are wrong, constraints that hold, and transactions that are to be run again. */
const REFUSED_ROW = /^(22|23|40)/;

/** SQLSTATEs of a server that is there and says no: wrong user or password, no such database, no such role. */
const REFUSALS = new Set(['28P01', '28000', '3D000', '42501']);

function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** Whether the server answered, with an error or otherwise: five characters of SQLSTATE come from nobody else. */
function isFromServer(error: unknown): boolean {
  return 'severity' in (error as object);
}

/** Whether it was the connection that failed, not the statement. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof DatabaseError) return false;
  if (isFromServer(error)) return DEAD_CONNECTION.test(codeOf(error) ?? '');
  return true;
}

/** Whether the server did its work and found something wrong with the rows, or with another transaction. */
export function isRefusedRow(error: unknown): boolean {
  return error instanceof Error && isFromServer(error) && REFUSED_ROW.test(codeOf(error) ?? '');
}

/** In words of one line, without the URL: there is a password in it. */
export function connectionError(error: unknown, where: string): DatabaseError {
  const { message } = error as Error;
  const code = codeOf(error);
  if (code !== undefined && REFUSALS.has(code)) {
    return new DatabaseError('REFUSED', `PostgreSQL at ${where} refuses the login (${message}): check DATABASE_URL`);
  }
  if (/SSL|TLS|certificate|self.signed/i.test(message)) {
    return new DatabaseError('REFUSED', `PostgreSQL at ${where}: ${message}; check sslmode in DATABASE_URL`, {
      cause: error,
    });
  }
  const reason = message === '' ? (code ?? 'no answer') : message;
  return new DatabaseError('UNREACHABLE', `PostgreSQL at ${where} cannot be reached (${reason})`, { cause: error });
}
