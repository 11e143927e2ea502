import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT_FAILED, EXIT_USAGE, ExitError } from '../command-line/exit-error.js';
import { runCommand } from '../command-line/run-command.js';
import type { AdministrationArguments } from './administration-arguments.js';
import { AdminClient } from './api/admin-client.js';
import { readServerUrl, shownUrl } from './api/api-address.js';
import { ApiConnection } from './api/api-connection.js';
import { EnvironmentAccess } from './session/environment-access.js';
import { SessionAccess } from './session/session-access.js';
import { SessionFile } from './session/session-file.js';

/** Who administers, where they are not logged in. */
export const VARIABLES = {
  url: 'DEVICE_MESSAGING_URL',
  username: 'DEVICE_MESSAGING_USERNAME',
  password: 'DEVICE_MESSAGING_PASSWORD',
} as const;

/** Runs a command as the user whom the environment names, or else the session of `login`. */
export function administer(args: AdministrationArguments, use: (client: AdminClient) => Promise<void>): Promise<void> {
  return runCommand(async () => {
    const client = openClient(args);
    try {
      await use(client);
    } finally {
      await client.close();
    }
  });
}

function openClient({ ca }: AdministrationArguments): AdminClient {
  const [url = '', username = '', password = ''] = Object.values(VARIABLES).map((name) => process.env[name]);
  if (username === '' && password === '') return sessionClient(url, ca);
  const missing = Object.values(VARIABLES).filter((name) => (process.env[name] ?? '') === '');
  if (missing.length > 0) {
    const all = Object.values(VARIABLES).join(', ');
    throw new ExitError(EXIT_USAGE, `${all} belong together. Not set: ${missing.join(', ')}.`);
  }
  const connection = new ApiConnection(readServerUrl(url), readAuthorities(ca));
  return new AdminClient(connection, new EnvironmentAccess(connection, username, password));
}

function sessionClient(url: string, ca: string | undefined): AdminClient {
  const file = SessionFile.ofUser();
  const session = file.read();
  if (session === undefined) {
    const other = `set ${Object.values(VARIABLES).join(', ')}`;
    throw new ExitError(
      EXIT_FAILED,
      `You are not logged in: device-messaging login <url> --username <name>. Scripts ${other}.`,
    );
  }
  if (url !== '' && shownUrl(readServerUrl(url)) !== session.url) {
    const right = `log in there, or unset it`;
    throw new ExitError(
      EXIT_USAGE,
      `${VARIABLES.url} names ${url}, and you are logged in at ${session.url}: ${right}.`,
    );
  }
  const connection = new ApiConnection(readServerUrl(session.url), readAuthorities(ca ?? session.ca));
  return new AdminClient(connection, new SessionAccess(file, connection, session.username));
}

/** @throws ExitError when the file cannot be read */
export function readAuthorities(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(resolve(file));
  } catch (error) {
    throw new ExitError(EXIT_USAGE, `--ca ${file} cannot be read: ${(error as Error).message}`);
  }
}
