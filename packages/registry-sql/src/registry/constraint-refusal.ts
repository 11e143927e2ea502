import { RegistryError } from '@device-messaging/host-api';

/** SQLite's names and PostgreSQL's SQLSTATEs. */
const UNIQUE = new Set(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505']);
const FOREIGN_KEY = new Set(['SQLITE_CONSTRAINT_FOREIGNKEY', '23503']);

/**
 * What a constraint of the database says, as a refusal. Changes check before they write, and say more then; this is for
 * what another node did in between.
 */
export function constraintRefusal(error: unknown): RegistryError | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return undefined;
  if (UNIQUE.has(code)) return new RegistryError('ALREADY_EXISTS', 'There is one of it already, made a moment ago');
  if (FOREIGN_KEY.has(code)) return new RegistryError('NOT_FOUND', 'A row that it names was deleted a moment ago');
  return undefined;
}
