import { EXIT_FAILED, ExitError } from '../../command-line/exit-error.js';
import type { AdminClient } from '../api/admin-client.js';
import type { Noun } from './noun.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Ids that are named when a name is not unique. */
const MAX_NAMED = 10;

/** Kinds of rows that have names. */
export type NamedRows = Pick<Noun, 'plural' | 'singular' | 'path' | 'nameMember' | 'isFoundByName'>;

/**
 * The id of a row that is named by its id or its name.
 * @param path where the rows are, when it is not the usual place
 * @throws ExitError when no row, or more than one, has the name
 */
export async function findRow(
  client: AdminClient,
  { plural, singular, path: usual, nameMember, isFoundByName = false }: NamedRows,
  idOrName: string,
  path: string = usual,
): Promise<string> {
  if (UUID.test(idOrName)) return idOrName.toLowerCase();
  const ids: string[] = [];
  for await (const page of client.pages(path, isFoundByName ? { name: idOrName } : {})) {
    for (const row of page) if (row[nameMember] === idOrName) ids.push(String(row['id']));
  }
  const [id] = ids;
  if (id !== undefined && ids.length === 1) return id;
  throw new ExitError(
    EXIT_FAILED,
    id === undefined ? none(singular, plural, idOrName) : several(plural, idOrName, ids),
  );
}

function none(singular: string, plural: string, name: string): string {
  return `There is no ${singular} "${name}". "device-messaging ${plural} list" shows them.`;
}

function several(plural: string, name: string, ids: readonly string[]): string {
  const more = ids.length > MAX_NAMED ? ', …' : '';
  return `${ids.length} ${plural} are called "${name}". Give the id of one: ${ids.slice(0, MAX_NAMED).join(', ')}${more}`;
}
