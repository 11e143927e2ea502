import type { Command } from 'commander';
import { administer } from '../administer.js';
import type { AdministrationArguments } from '../administration-arguments.js';
import { printRow } from '../output/print.js';
import type { Noun } from '../rows/noun.js';
import { pathOfRow, rowCommand } from '../rows/row-commands.js';

const STATES = {
  activate: (singular: string) => `Lets a ${singular} work.`,
  suspend: (singular: string) => `Keeps a ${singular} from working; it stays as it is.`,
};

/** `activate` and `suspend`, for what has a state. */
export function addStateCommands(command: Command, noun: Noun): void {
  for (const [verb, describe] of Object.entries(STATES)) {
    rowCommand(command, verb, noun)
      .description(describe(noun.singular))
      .action((idOrName: string, args: AdministrationArguments) =>
        administer(args, async (client) => {
          const path = `${await pathOfRow(noun, idOrName, {}, client)}/${verb}`;
          await printRow((await client.request({ method: 'POST', path })).body, args.json === true);
        }),
      );
  }
}
