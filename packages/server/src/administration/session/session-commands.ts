import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { EXIT_FAILED, EXIT_USAGE, ExitError } from '../../command-line/exit-error.js';
import { runCommand } from '../../command-line/run-command.js';
import { readAuthorities, VARIABLES } from '../administer.js';
import { addAuthorityOption, newCommand } from '../administration-arguments.js';
import { isPrivate, readServerUrl } from '../api/api-address.js';
import { ApiConnection } from '../api/api-connection.js';
import { readRefusal } from '../api/api-refusal.js';
import { readPasswords } from './password-input.js';
import { SessionAccess } from './session-access.js';
import { SessionFile, type Session } from './session-file.js';
import { logIn } from './token-pair.js';

interface LoginArguments {
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly ca?: string;
}

/** `login`, `logout` and `password`: who administers. */
export function sessionCommands(): readonly Command[] {
  return [loginCommand(), logoutCommand(), passwordCommand()];
}

function loginCommand(): Command {
  return addAuthorityOption(newCommand('login'))
    .description('Logs in at a server, and stays so until logout.')
    .argument('[url]', `the server, as in http://127.0.0.1:8080 (env: ${VARIABLES.url})`)
    .addOption(new Option('--username <name>', 'who you are').env(VARIABLES.username))
    .option('--password-stdin', `read the password from standard input; else ${VARIABLES.password}, or it is asked for`)
    .action((url: string | undefined, args: LoginArguments) => runCommand(() => login(url, args)));
}

async function login(given: string | undefined, { username = '', passwordStdin = false, ca }: LoginArguments) {
  const text = given ?? process.env[VARIABLES.url] ?? '';
  if (text === '') throw new ExitError(EXIT_USAGE, 'Where? Name the server, as in: login http://127.0.0.1:8080');
  const url = readServerUrl(text);
  if (username === '') throw new ExitError(EXIT_USAGE, 'Who are you? Say it by --username <name>.');
  const connection = new ApiConnection(url, readAuthorities(ca));
  try {
    const wanted = { prompt: `Password of ${username}`, variable: VARIABLES.password };
    const [password = ''] = await readPasswords([wanted], passwordStdin);
    const session = { url: connection.url, username, ...(ca === undefined ? {} : { ca: resolve(ca) }) };
    await keep(SessionFile.ofUser(), connection, session, password);
    process.stderr.write(`Logged in at ${connection.url} as ${username}.\n`);
    if (!isPrivate(url)) process.stderr.write(`The password went there unencrypted: use https:// where you can.\n`);
  } finally {
    connection.close();
  }
}

async function keep(
  file: SessionFile,
  connection: ApiConnection,
  session: Pick<Session, 'url' | 'username' | 'ca'>,
  password: string,
): Promise<void> {
  const pair = await logIn(connection, session.username, password);
  await file.locked(() => Promise.resolve(file.write({ ...session, ...pair })));
}

function logoutCommand(): Command {
  return addAuthorityOption(newCommand('logout'))
    .description('Ends the session of login, here and at the server.')
    .action((args: LoginArguments) => runCommand(() => logout(args)));
}

async function logout({ ca }: LoginArguments): Promise<void> {
  const file = SessionFile.ofUser();
  const session = file.read();
  if (session === undefined) {
    process.stderr.write('You were not logged in.\n');
    return;
  }
  const connection = new ApiConnection(readServerUrl(session.url), readAuthorities(ca ?? session.ca));
  try {
    await endAtServer(new SessionAccess(file, connection, session.username), connection);
    process.stderr.write(`${session.username} is logged out of ${session.url}.\n`);
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    throw new ExitError(EXIT_FAILED, `Logged out here, but the server was not told. ${error.message}`);
  } finally {
    await file.locked(() => Promise.resolve(file.remove()));
    connection.close();
  }
}

/** A login that has ended is what was asked for. */
async function endAtServer(access: SessionAccess, connection: ApiConnection): Promise<void> {
  const answer = await connection.exchange({ method: 'POST', path: '/auth/logout' }, await access.token());
  if (answer.statusCode !== 204 && answer.statusCode !== 401) throw await readRefusal(connection.url, answer);
  answer.resume();
}

function passwordCommand(): Command {
  return addAuthorityOption(newCommand('password'))
    .description('Changes your password, which ends all your sessions but this one.')
    .option('--password-stdin', 'read the password that you have and the new one from standard input, a line each')
    .action((args: LoginArguments) => runCommand(() => changePassword(args)));
}

async function changePassword({ passwordStdin = false, ca }: LoginArguments): Promise<void> {
  const file = SessionFile.ofUser();
  const session = file.read();
  if (session === undefined) {
    throw new ExitError(EXIT_FAILED, 'You are not logged in: device-messaging login <url> --username <name>');
  }
  const { url, username } = session;
  const connection = new ApiConnection(readServerUrl(url), readAuthorities(ca ?? session.ca));
  try {
    const wanted = [
      { prompt: `Password of ${username}`, variable: VARIABLES.password },
      { prompt: 'New password', variable: 'DEVICE_MESSAGING_NEW_PASSWORD', isNew: true },
    ];
    const [current = '', next = ''] = await readPasswords(wanted, passwordStdin);
    const token = await new SessionAccess(file, connection, username).token();
    const body = JSON.stringify({ current, next });
    const answer = await connection.exchange({ method: 'POST', path: '/auth/password', body }, token);
    if (answer.statusCode !== 204) throw await readRefusal(url, answer);
    answer.resume();
    await keep(file, connection, session, next);
    process.stderr.write(`The password of ${username} was changed. Its other sessions have ended.\n`);
  } finally {
    connection.close();
  }
}
