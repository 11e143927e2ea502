import { Command, Option } from 'commander';
import { EXIT_USAGE } from '../command-line/exit-error.js';

/** The options of every administration command. */
export interface AdministrationArguments {
  readonly json?: boolean;
  readonly ca?: string;
}

/** A command, with commands of its own or without. */
export function newCommand(name: string): Command {
  // Scripts tell usage errors from failures by the code.
  return new Command(name).exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
}

export function addAuthorityOption(command: Command): Command {
  const ca = new Option('--ca <file>', "TLS: certificate authorities to trust instead of the system's, PEM");
  return command.addOption(ca.env('DEVICE_MESSAGING_CA')).allowExcessArguments(false);
}

/** Declares a command of the administration. */
export function addAdministrationOptions(command: Command): Command {
  return addAuthorityOption(command.option('--json', 'print one JSON document instead of a table'));
}
