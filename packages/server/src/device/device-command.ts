import { DeviceClientError } from '@device-messaging/device-client';
import { Command, Option } from 'commander';
import { EXIT_USAGE } from '../command-line/exit-error.js';
import { readJson } from '../command-line/json-argument.js';
import { runCommand } from '../command-line/run-command.js';
import { positiveNumber, wholeNumber } from '../command-line/whole-number.js';
import { printAnswer } from './answer.js';
import { addConnectionOptions, failureOf, withDevice, type ConnectionArguments } from './connection.js';
import { listen } from './listen.js';
import { findTarget } from './target-device.js';

type ListArguments = ConnectionArguments & {
  readonly name?: string;
  readonly type?: string;
  readonly fields?: string;
  readonly limit?: number;
  readonly after?: string;
};

type SendArguments = ConnectionArguments & {
  readonly timeout?: number;
  readonly oneway?: boolean;
  readonly offline?: 'wait' | 'fail';
};

type ListenArguments = ConnectionArguments & {
  readonly reply?: string;
  readonly echo?: boolean;
  readonly count?: number;
};

/** `device-messaging device …`: plays one device at a terminal or in a script. */
export function deviceCommand(): Command {
  const device = new Command('device')
    .description('Plays a device: lists others, calls them, answers their calls.')
    // Scripts tell usage errors from failures by the code.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
  addList(device);
  addSend(device);
  addListen(device);
  addCall(device);
  return device;
}

function addList(device: Command): void {
  addConnectionOptions(device.command('list'))
    .description('Prints the other devices of the customer.')
    .option('--name <name>', 'only the one with this name')
    .option('--type <type>', 'only those of this type')
    .option('--fields <list>', 'more about each, separated by commas: type,online')
    .option('--limit <n>', 'at most so many', wholeNumber)
    .option('--after <id>', 'the page after this device')
    .action((args: ListArguments) => run(() => list(args)));
}

function list({ name, type, fields, limit, after, ...connection }: ListArguments): Promise<void> {
  const params = { name, type, fields: fields?.split(','), limit, after };
  return withDevice(connection, async (client) => printAnswer(await client.call('getDevices', params)));
}

function addSend(device: Command): void {
  addConnectionOptions(device.command('send'))
    .description('Sends a message to another device and prints its reply.')
    .argument('<device>', 'id or name of the device')
    .argument('[body]', 'what to say: JSON text; - reads it from standard input', 'null')
    .option('--timeout <ms>', 'how long the message may wait for the device, and the device may take', wholeNumber)
    .option('--oneway', 'is done when the message is handed over')
    .addOption(new Option('--offline <what>', 'if the device is not there').choices(['wait', 'fail']))
    .action((target: string, body: string, args: SendArguments) => run(() => send(target, body, args)));
}

async function send(target: string, text: string, args: SendArguments): Promise<void> {
  const body = await readJson('body', text);
  const { timeout, oneway, offline } = args;
  const use = (deviceId: string): string => {
    const params = JSON.stringify({ deviceId, timeout, oneway, offline });
    // Not parsed and written again: the target gets what was typed.
    return `{"method":"sendMsg","params":${params.slice(0, -1)},"body":${body}}}`;
  };
  await withDevice(
    args,
    async (client) => printAnswer(await client.request(use(await findTarget(client, target)))),
    timeout,
  );
}

function addListen(device: Command): void {
  addConnectionOptions(device.command('listen'))
    .description('Prints every call that the device receives, one a line, until Ctrl-C.')
    .addOption(new Option('--reply <json>', 'what to reply to each; - reads it from standard input').conflicts('echo'))
    .option('--echo', 'reply with what came')
    .option('--count <n>', 'stop after so many calls', positiveNumber)
    .action((args: ListenArguments) => run(() => listenToCalls(args)));
}

async function listenToCalls({ reply, echo = false, count = Infinity, ...connection }: ListenArguments): Promise<void> {
  const fixed = reply === undefined ? undefined : await readJson('reply', reply);
  await withDevice(connection, (client) =>
    listen(client, connection.url, { replyTo: ({ params }) => (echo ? params : fixed), count }),
  );
}

function addCall(device: Command): void {
  addConnectionOptions(device.command('call'))
    .description("Calls any method of the server's plugins and prints the answer.")
    .argument('<method>', 'name of the method')
    .argument('[params]', 'JSON text; - reads it from standard input', '{}')
    .action((method: string, params: string, args: ConnectionArguments) => run(() => call(method, params, args)));
}

async function call(method: string, text: string, args: ConnectionArguments): Promise<void> {
  const params = await readJson('params', text);
  const request = `{"method":${JSON.stringify(method)},"params":${params}}`;
  await withDevice(args, async (client) => printAnswer(await client.request(request)));
}

/** Runs a command; a failure that is no bug becomes one line and an exit code. */
function run(command: () => Promise<void>): Promise<void> {
  return runCommand(command, (error) => (error instanceof DeviceClientError ? failureOf(error) : error));
}
