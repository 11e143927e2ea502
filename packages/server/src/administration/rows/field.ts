import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AdminClient } from '../api/admin-client.js';

/** An option whose value becomes a member of a body or of a query. */
export interface Field {
  /** As commander writes them: `--title <text>`. */
  readonly flags: string;
  readonly member: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** What the member is when the option, which takes no value, is given. */
  readonly constant?: unknown;
  readonly isRequired?: boolean;
  /** Turns the text into the value. @throws InvalidArgumentError */
  readonly parse?: (text: string) => unknown;
  /** The same where it takes asking: the id of a customer that is named by title, say. */
  readonly resolve?: (text: string, client: AdminClient) => Promise<unknown>;
}

/** The options of a command by the names that commander gives them. */
export type OptionValues = Readonly<Record<string, unknown>>;

export function addFields(command: Command, fields: readonly Field[]): Command {
  for (const field of fields) command.addOption(optionOf(field));
  return command;
}

export function isAnyGiven(fields: readonly Field[], values: OptionValues): boolean {
  return fields.some((field) => values[optionOf(field).attributeName()] !== undefined);
}

/** The members whose options were given. */
export async function readFields(
  fields: readonly Field[],
  values: OptionValues,
  client: AdminClient,
): Promise<Record<string, unknown>> {
  const members: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values[optionOf(field).attributeName()];
    if (value === undefined) continue;
    const { constant, resolve } = field;
    if (constant !== undefined) members[field.member] = constant;
    else members[field.member] = resolve === undefined ? value : await resolve(String(value), client);
  }
  return members;
}

/** Moments as people write them, for members that are epoch ms. */
export function parseTime(text: string): number {
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isSafeInteger(time)) {
    throw new InvalidArgumentError('It is no moment: give 2030-01-31, 2030-01-31T12:00:00Z or epoch ms.');
  }
  return time;
}

function optionOf({ flags, description, choices, parse, isRequired = false }: Field): Option {
  const option = new Option(flags, description).makeOptionMandatory(isRequired);
  if (choices !== undefined) option.choices(choices);
  else if (parse !== undefined) option.argParser(parse);
  return option;
}
