import type { Command } from 'commander';
import { addDeviceActions } from './actions/device-actions.js';
import { eventCommands } from './actions/event-commands.js';
import { addPluginCustomers } from './actions/plugin-customers.js';
import { addPluginTypes } from './actions/plugin-types.js';
import { addQuotaCommand } from './actions/quota-command.js';
import { addStateCommands } from './actions/state-commands.js';
import { CUSTOMERS } from './nouns/customers.js';
import { DEVICES } from './nouns/devices.js';
import { PLUGINS } from './nouns/plugins.js';
import { RULES } from './nouns/rules.js';
import { TENANTS } from './nouns/tenants.js';
import { USERS } from './nouns/users.js';
import type { Noun } from './rows/noun.js';
import { rowCommands } from './rows/row-commands.js';
import { sessionCommands } from './session/session-commands.js';
import { exportCommand } from './transfer/export-command.js';
import { addDeviceImport, importCommand } from './transfer/import-commands.js';

type AddCommands = (command: Command, noun: Noun) => void;

/** Each kind of rows, with what can be done besides. */
const NOUNS: readonly (readonly [Noun, ...AddCommands[]])[] = [
  [TENANTS, addQuotaCommand],
  [CUSTOMERS, addQuotaCommand],
  [DEVICES, addDeviceActions, addDeviceImport, addQuotaCommand],
  [PLUGINS, addStateCommands, addPluginTypes, addPluginCustomers],
  [RULES, addStateCommands],
  [USERS],
];

/** What tenants and operators do at a terminal or in a script: the admin API as commands. */
export function administrationCommands(): readonly Command[] {
  const rows = NOUNS.map(([noun, ...additions]) => {
    const command = rowCommands(noun);
    for (const add of additions) add(command, noun);
    return command;
  });
  return [...sessionCommands(), ...rows, eventCommands(), importCommand(), exportCommand()];
}
