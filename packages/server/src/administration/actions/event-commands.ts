import type { Command } from 'commander';
import { positiveNumber } from '../../command-line/whole-number.js';
import { administer } from '../administer.js';
import { addAdministrationOptions, newCommand, type AdministrationArguments } from '../administration-arguments.js';
import { printList } from '../output/print.js';
import { timeOf } from '../output/row-table.js';
import { addFields, parseTime, readFields, type Field, type OptionValues } from '../rows/field.js';
import type { Column } from '../rows/noun.js';

const TYPES = ['LIFECYCLE', 'ERROR', 'LOGIN', 'AUDIT', 'MESSAGE'];

const FILTERS: readonly Field[] = [
  { flags: '--entity <uuid>', member: 'entityId', description: 'only those about this row' },
  { flags: '--type <type>', member: 'type', choices: TYPES, description: 'only those of this type' },
  { flags: '--from <time>', member: 'from', parse: parseTime, description: 'only those from then on' },
  { flags: '--to <time>', member: 'to', parse: parseTime, description: 'only those before then' },
];

const COLUMNS: readonly Column[] = [
  { head: 'at', show: ({ at }) => timeOf(at) },
  { head: 'type' },
  { head: 'entity', show: ({ entityId }) => entityId },
  { head: 'body' },
];

/** There may be millions. */
const USUAL_LIMIT = 100;

type Values = AdministrationArguments & OptionValues & { readonly limit: number };

/** `events list`: what happened. */
export function eventCommands(): Command {
  const events = newCommand('events').description('What happened: changes, logins, failures.');
  addFields(addAdministrationOptions(events.command('list')), FILTERS)
    .description('Prints events, youngest first.')
    .option('--limit <n>', 'at most so many', positiveNumber, USUAL_LIMIT)
    .action((values: Values) =>
      administer(values, async (client) => {
        const query = (await readFields(FILTERS, values, client)) as Record<string, string | number>;
        await printList(client.pages('/events', query, values.limit), COLUMNS, values.json === true);
      }),
    );
  return events;
}
