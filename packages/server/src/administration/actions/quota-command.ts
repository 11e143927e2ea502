import { InvalidArgumentError, type Command } from 'commander';
import { administer } from '../administer.js';
import type { AdministrationArguments } from '../administration-arguments.js';
import type { AdminClient, Row } from '../api/admin-client.js';
import { note, printRow } from '../output/print.js';
import type { Noun } from '../rows/noun.js';
import { pathOfRow, rowCommand } from '../rows/row-commands.js';

/** A number, or `undefined` for unlimited, by the name of the quota. */
type Quotas = Readonly<Record<string, number | undefined>>;

/** `quotas`: shows how much a row may take, and says it. */
export function addQuotaCommand(command: Command, noun: Noun): void {
  rowCommand(command, 'quotas', noun)
    .description(`Prints how much a ${noun.singular} may take; says it, where quotas are given.`)
    .argument('[quota=n...]', 'as in connections=100 messagesPerSecond=10 devices=unlimited', collect, {})
    .action((idOrName: string, change: Quotas, args: AdministrationArguments) =>
      administer(args, async (client) => {
        const path = `${await pathOfRow(noun, idOrName, {}, client)}/quotas`;
        const quotas = await put(client, path, change);
        if (Object.keys(quotas).length > 0 || args.json === true) await printRow(quotas, args.json === true);
        else note(`${idOrName} is not limited.`);
      }),
    );
}

/** Those that are not named stay: the tag makes sure that nobody else changed them in between. */
async function put(client: AdminClient, path: string, change: Quotas): Promise<Row> {
  const { body: quotas, etag } = await client.request({ method: 'GET', path });
  if (Object.keys(change).length === 0) return quotas;
  // JSON has no undefined: what is unlimited is left out.
  const body = JSON.stringify({ ...quotas, ...change });
  return (await client.request({ method: 'PUT', path, body, ifMatch: etag })).body;
}

function collect(text: string, before: Quotas): Quotas {
  const [, name = '', value = ''] = /^(\w+)=(.+)$/.exec(text) ?? [];
  const number = value === 'unlimited' ? undefined : Number(value);
  if (name === '' || Number.isNaN(number)) {
    throw new InvalidArgumentError('Give a name and a number, as connections=100, or connections=unlimited.');
  }
  return { ...before, [name]: number };
}
