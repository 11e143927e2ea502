import type { Command } from 'commander';
import { Argument } from 'commander';
import { administer } from '../administer.js';
import type { AdministrationArguments } from '../administration-arguments.js';
import type { AdminClient, Row } from '../api/admin-client.js';
import { CUSTOMERS } from '../nouns/customers.js';
import { PLUGINS } from '../nouns/plugins.js';
import { note, printList, printRow } from '../output/print.js';
import { readJsonOption } from '../rows/document.js';
import { findRow } from '../rows/find-row.js';
import { pathOfRow, rowCommand } from '../rows/row-commands.js';

interface CustomerSettings {
  readonly enabled: boolean;
  readonly configuration?: unknown;
}

/** What holds for whom, as the API says it. */
interface PluginCustomers {
  readonly default: boolean;
  readonly customers: Readonly<Record<string, CustomerSettings>>;
}

/** The place of what holds for the customers of a plugin, and what holds now. */
interface Known {
  readonly path: string;
  readonly all: PluginCustomers;
  readonly etag: string | undefined;
}

/** `plugins customers …`: for whom a plugin is enabled, and with which settings. */
export function addPluginCustomers(plugins: Command): void {
  const customers = plugins.command('customers').description('For which customers a plugin is enabled.');
  addList(customers);
  addEnabling(customers, 'enable', true);
  addEnabling(customers, 'disable', false);
  addOverride(customers);
  addReset(customers);
  addDefault(customers);
}

function addList(customers: Command): void {
  rowCommand(customers, 'list', PLUGINS)
    .description('Prints what holds for whom.')
    .action((plugin: string, args: AdministrationArguments) =>
      administer(args, async (client) => {
        const { all } = await read(client, plugin);
        if (args.json === true) return printRow({ ...all }, true);
        note(`Customers that are not named: ${all.default ? 'enabled' : 'disabled'}.`);
        await printList(named(all), [{ head: 'customer' }, { head: 'enabled' }, { head: 'configuration' }], false);
      }),
    );
}

async function* named({ customers }: PluginCustomers): AsyncGenerator<readonly Row[]> {
  yield Object.entries(customers).map(([customer, settings]) => ({ customer, ...settings }));
}

function addEnabling(customers: Command, verb: string, enabled: boolean): void {
  customerCommand(customers, verb)
    .description(`${enabled ? 'Enables' : 'Disables'} a plugin for a customer; its settings for the customer stay.`)
    .action((plugin: string, customer: string, args: AdministrationArguments) =>
      change(args, plugin, customer, (_known, before) => ({ ...before, enabled })),
    );
}

function addOverride(customers: Command): void {
  customerCommand(customers, 'override')
    .description('Says which settings differ for a customer. Whether it is enabled stays.')
    .argument('<json>', 'the settings that differ, all of them: JSON text, @<file>, or - for standard input')
    .action(async (plugin: string, customer: string, text: string, args: AdministrationArguments) =>
      change(args, plugin, customer, async (known, before) => ({
        enabled: before?.enabled ?? known.all.default,
        configuration: await readJsonOption('settings', text),
      })),
    );
}

function addReset(customers: Command): void {
  customerCommand(customers, 'reset')
    .description('Lets the default hold for a customer again, without settings of its own.')
    .action((plugin: string, customer: string, args: AdministrationArguments) =>
      administer(args, async (client) => {
        const path = `${await pathOfRow(PLUGINS, plugin, {}, client)}/customers`;
        await client.request({ method: 'DELETE', path: `${path}/${await findRow(client, CUSTOMERS, customer)}` });
        note(`The default holds for ${customer}.`);
      }),
    );
}

function addDefault(customers: Command): void {
  rowCommand(customers, 'default', PLUGINS)
    .description('Says what holds for customers that are not named, and for devices without one.')
    .addArgument(new Argument('<state>', 'what holds').choices(['enabled', 'disabled']))
    .action((plugin: string, state: string, args: AdministrationArguments) =>
      administer(args, async (client) => {
        const { path, all, etag } = await read(client, plugin);
        const body = JSON.stringify({ ...all, default: state === 'enabled' });
        await printRow((await client.request({ method: 'PUT', path, body, ifMatch: etag })).body, args.json === true);
      }),
    );
}

function customerCommand(customers: Command, verb: string): Command {
  return rowCommand(customers, verb, PLUGINS).argument('<customer>', 'its id or title');
}

type ChangeOne = (known: Known, before: CustomerSettings | undefined) => CustomerSettings | Promise<CustomerSettings>;

/** The tag makes sure that nobody else changed it between the look and the change. */
function change(args: AdministrationArguments, plugin: string, customer: string, changed: ChangeOne): Promise<void> {
  return administer(args, async (client) => {
    const known = await read(client, plugin);
    const id = await findRow(client, CUSTOMERS, customer);
    const body = JSON.stringify(await changed(known, known.all.customers[id]));
    const request = { method: 'PUT', path: `${known.path}/${id}`, body, ifMatch: known.etag } as const;
    await printRow((await client.request(request)).body, args.json === true);
  });
}

async function read(client: AdminClient, plugin: string): Promise<Known> {
  const path = `${await pathOfRow(PLUGINS, plugin, {}, client)}/customers`;
  const { body: all, etag } = await client.request<PluginCustomers>({ method: 'GET', path });
  return { path, all, etag };
}
