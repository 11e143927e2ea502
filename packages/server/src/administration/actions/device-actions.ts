import type { Command } from 'commander';
import { EXIT_USAGE, ExitError } from '../../command-line/exit-error.js';
import { readJson } from '../../command-line/json-argument.js';
import { positiveNumber } from '../../command-line/whole-number.js';
import { administer } from '../administer.js';
import type { AdministrationArguments } from '../administration-arguments.js';
import { CUSTOMERS } from '../nouns/customers.js';
import { DEVICES } from '../nouns/devices.js';
import { printRow } from '../output/print.js';
import { findRow } from '../rows/find-row.js';
import { pathOfRow, rowCommand } from '../rows/row-commands.js';

/** How much longer than the device may take the server is waited for, ms. */
const GRACE_MS = 30_000;

/** What the server allows a device that the call gives no time, ms. */
const USUAL_TIMEOUT_MS = 20_000;

type AssignArguments = AdministrationArguments & { readonly none?: boolean };
type CallArguments = AdministrationArguments & { readonly timeout?: number; readonly oneway?: boolean };

/** What is done to one device. */
export function addDeviceActions(devices: Command): void {
  addAssign(devices);
  addToken(devices);
  addCall(devices);
}

function addAssign(devices: Command): void {
  rowCommand(devices, 'assign', DEVICES)
    .description('Assigns a device to a customer, or to none. Acts on its calls at once.')
    .argument('[customer]', 'id or title of the customer')
    .option('--none', 'to no customer')
    .action((device: string, customer: string | undefined, args: AssignArguments) =>
      administer(args, async (client) => {
        if ((customer === undefined) !== (args.none === true)) {
          throw new ExitError(EXIT_USAGE, 'To whom? Name a customer, or say --none.');
        }
        const customerId = customer === undefined ? null : await findRow(client, CUSTOMERS, customer);
        const path = `${await pathOfRow(DEVICES, device, {}, client)}/customer`;
        const { body } = await client.request({ method: 'PUT', path, body: JSON.stringify({ customerId }) });
        await printRow(body, args.json === true);
      }),
    );
}

function addToken(devices: Command): void {
  rowCommand(devices, 'token', DEVICES)
    .description('Gives a device a new access token and prints it, this once. The old one is not taken any more.')
    .action((device: string, args: AdministrationArguments) =>
      administer(args, async (client) => {
        const path = `${await pathOfRow(DEVICES, device, {}, client)}/credentials`;
        const { body } = await client.request<{ token: string }>({ method: 'POST', path });
        // Alone, so that DEVICE_TOKEN=$(… devices token lamp) is one.
        process.stdout.write(args.json === true ? `${JSON.stringify(body)}\n` : `${body.token}\n`);
      }),
    );
}

function addCall(devices: Command): void {
  rowCommand(devices, 'call', DEVICES)
    .description('Calls a device as its tenant and prints its reply as it came.')
    .argument('<method>', 'name of the method')
    .argument('[params]', 'JSON text; - reads it from standard input', 'null')
    .option('--timeout <ms>', 'how long the device may take', positiveNumber)
    .option('--oneway', 'is done when the device has the call')
    .action((device: string, method: string, text: string, args: CallArguments) =>
      administer(args, async (client) => {
        const params = await readJson('params', text);
        const { timeout, oneway } = args;
        const rest = JSON.stringify({ method, timeout, oneway });
        // Not parsed and written again: the device gets what was typed.
        const body = `${rest.slice(0, -1)},"params":${params}}`;
        const path = `${await pathOfRow(DEVICES, device, {}, client)}/rpc`;
        const patienceMs = (timeout ?? USUAL_TIMEOUT_MS) + GRACE_MS;
        process.stdout.write(`${(await client.requestText({ method: 'POST', path, body, patienceMs })).body}\n`);
      }),
    );
}
