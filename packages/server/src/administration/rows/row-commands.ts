import type { Command } from 'commander';
import { EXIT_USAGE, ExitError } from '../../command-line/exit-error.js';
import { positiveNumber } from '../../command-line/whole-number.js';
import { administer } from '../administer.js';
import { addAdministrationOptions, newCommand, type AdministrationArguments } from '../administration-arguments.js';
import type { AdminClient, Row } from '../api/admin-client.js';
import { note, printList, printRow } from '../output/print.js';
import { readDocument } from './document.js';
import { addFields, isAnyGiven, readFields, type Field, type OptionValues } from './field.js';
import { findRow } from './find-row.js';
import type { Noun, WritingByOptions } from './noun.js';

type Values = AdministrationArguments & OptionValues;

/** The command of a kind of rows, with `list`, `get`, `create`, `update` and `delete`. */
export function rowCommands(noun: Noun): Command {
  const command = newCommand(noun.plural).description(noun.description);
  addList(command, noun);
  addGet(command, noun);
  if (noun.writing === 'file') addWritingByFile(command, noun);
  else addWritingByOptions(command, noun, noun.writing);
  addDelete(command, noun);
  return command;
}

/** Declares a command about one row, which its first argument names. */
export function rowCommand(command: Command, verb: string, { singular, nameMember, placeFields = [] }: Noun): Command {
  return addFields(addAdministrationOptions(command.command(verb)), placeFields).argument(
    `<${singular}>`,
    `its id or ${nameMember}`,
  );
}

/** Where the rows are that the options name. */
export function placeOf(noun: Noun, values: OptionValues, client: AdminClient): Promise<string> {
  return noun.pathFor === undefined ? Promise.resolve(noun.path) : noun.pathFor(values, client);
}

/** The path of a row. */
export async function pathOfRow(noun: Noun, idOrName: string, values: OptionValues, client: AdminClient) {
  const place = await placeOf(noun, values, client);
  return `${place}/${await findRow(client, noun, idOrName, place)}`;
}

function addList(command: Command, noun: Noun): void {
  const { plural, filters = [], placeFields = [] } = noun;
  addFields(addAdministrationOptions(command.command('list')), [...placeFields, ...filters])
    .description(`Prints ${plural}, oldest first.`)
    .option('--limit <n>', 'at most so many', positiveNumber)
    .action((values: Values & { readonly limit?: number }) =>
      administer(values, async (client) => {
        const query = (await readFields(filters, values, client)) as Record<string, string>;
        const pages = client.pages(await placeOf(noun, values, client), query, values.limit);
        await printList(pages, noun.columns, values.json === true);
      }),
    );
}

function addGet(command: Command, noun: Noun): void {
  rowCommand(command, 'get', noun)
    .description(`Prints one ${noun.singular}.`)
    .action((idOrName: string, values: Values) =>
      administer(values, async (client) => {
        const path = await pathOfRow(noun, idOrName, values, client);
        await printRow((await client.request({ method: 'GET', path })).body, values.json === true);
      }),
    );
}

function addWritingByOptions(command: Command, noun: Noun, writing: WritingByOptions): void {
  const { singular, nameMember, placeFields = [] } = noun;
  const { create, complete, createOptions = [], update, updateOptions = [] } = writing;
  addFields(addAdministrationOptions(command.command('create')), [...placeFields, ...create, ...createOptions])
    .description(`Makes a ${singular}.`)
    .argument(`<${nameMember}>`, `what it is called`)
    .action((name: string, values: Values) =>
      administer(values, async (client) => {
        const path = await placeOf(noun, values, client);
        const body = { [nameMember]: name, ...(await readFields(create, values, client)) };
        const whole = complete === undefined ? body : await complete(body, values);
        await makeRow(client, path, whole, values);
      }),
    );
  const fields: readonly Field[] = [
    { flags: `--${nameMember} <text>`, member: nameMember, description: 'what it is called from now on' },
    ...update,
  ];
  const options = [...fields, ...updateOptions];
  addFields(rowCommand(command, 'update', noun), options)
    .description(`Changes a ${singular}; what is not named stays.`)
    .action((idOrName: string, values: Values) =>
      administer(values, async (client) => {
        if (!isAnyGiven(options, values)) {
          throw new ExitError(EXIT_USAGE, 'Nothing is to be changed: say what by an option, see --help.');
        }
        const change = await readFields(fields, values, client);
        const path = await pathOfRow(noun, idOrName, values, client);
        await changeRow(client, path, { change, values, writing });
      }),
    );
}

interface Change {
  readonly change: Row;
  readonly values: Values;
  readonly writing: WritingByOptions;
}

/** What is not named is as it was read: the tag makes sure that nobody else changed it in between. */
async function changeRow(client: AdminClient, path: string, { change, values, writing }: Change): Promise<void> {
  const { repeated, adjust } = writing;
  const { body: row, etag } = await client.request({ method: 'GET', path });
  const known = Object.fromEntries(repeated.filter((member) => member in row).map((member) => [member, row[member]]));
  const merged = { ...known, ...change };
  const body = adjust === undefined ? merged : await adjust(merged, values);
  const changed = await client.request({ method: 'PUT', path, ifMatch: etag, body: JSON.stringify(body) });
  await printRow(changed.body, values.json === true);
}

function addWritingByFile(command: Command, noun: Noun): void {
  const { singular } = noun;
  const file = ['<file>', `JSON, as "get --json" prints it; - is standard input`] as const;
  addAdministrationOptions(command.command('create'))
    .description(`Makes a ${singular}.`)
    .argument(...file)
    .action((name: string, values: Values) =>
      administer(values, async (client) => makeRow(client, noun.path, await readDocument(name), values)),
    );
  rowCommand(command, 'update', noun)
    .description(`Replaces a ${singular}.`)
    .argument(...file)
    .action((idOrName: string, name: string, values: Values) =>
      administer(values, async (client) => {
        const body = JSON.stringify(await readDocument(name));
        const path = await pathOfRow(noun, idOrName, values, client);
        await printRow((await client.request({ method: 'PUT', path, body })).body, values.json === true);
      }),
    );
}

async function makeRow(client: AdminClient, path: string, row: Row, { json = false }: Values): Promise<void> {
  const { body } = await client.request({ method: 'POST', path, body: JSON.stringify(row) });
  await printRow(body, json);
}

function addDelete(command: Command, noun: Noun): void {
  const { singular, deletesToo } = noun;
  const remove = rowCommand(command, 'delete', noun).description(`Deletes a ${singular}${deletesToo ?? ''}.`);
  if (deletesToo !== undefined) remove.option('--yes', 'yes, all of that');
  remove.action((idOrName: string, values: Values) =>
    administer(values, async (client) => {
      if (deletesToo !== undefined && values['yes'] !== true) {
        throw new ExitError(EXIT_USAGE, `This deletes ${idOrName}${deletesToo}. If you mean it, say --yes.`);
      }
      await client.request({ method: 'DELETE', path: await pathOfRow(noun, idOrName, values, client) });
      note(`${idOrName} is deleted.`);
    }),
  );
}
