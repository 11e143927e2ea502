import type { Command } from 'commander';
import { administer } from '../administer.js';
import { addAdministrationOptions, type AdministrationArguments } from '../administration-arguments.js';
import type { Row } from '../api/admin-client.js';
import { printList } from '../output/print.js';

const COLUMNS = [
  { head: 'id' },
  { head: 'name' },
  { head: 'version' },
  { head: 'methods', show: ({ methods }: Row) => (methods as readonly string[]).join(', ') },
];

/** `plugins types`: what can be made. */
export function addPluginTypes(plugins: Command): void {
  addAdministrationOptions(plugins.command('types'))
    .description('Prints the types of plugins that the server has. With --json, what can be set of each, too.')
    .action((args: AdministrationArguments) =>
      administer(args, async (client) => {
        const { body } = await client.request<{ items: readonly Row[] }>({ method: 'GET', path: '/plugin-types' });
        await printList(onePage(body.items), COLUMNS, args.json === true);
      }),
    );
}

async function* onePage(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  yield rows;
}
