import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { EXIT_FAILED, ExitError } from '../../command-line/exit-error.js';
import type { ApiConnection } from '../api/api-connection.js';
import { readRefusal } from '../api/api-refusal.js';

/** What a login yields. */
export interface TokenPair {
  readonly token: string;
  /** Works once: the next pair brings the next one. One that is used again ends the login. */
  readonly refreshToken: string;
  /** When `token` is not taken any more, epoch ms of this machine. */
  readonly expiresAt: number;
}

/** How long the server may take to check a password, ms. */
const PATIENCE_MS = 10_000;

/** @throws ApiRefusal 401 when name or password is wrong, 429 when it was tried too often */
export function logIn(connection: ApiConnection, username: string, password: string): Promise<TokenPair> {
  return askForPair(connection, '/auth/login', { username, password });
}

/** @throws ApiRefusal 401 when the login has ended */
export function renewPair(connection: ApiConnection, refreshToken: string): Promise<TokenPair> {
  return askForPair(connection, '/auth/token', { refreshToken });
}

async function askForPair(connection: ApiConnection, path: string, body: object): Promise<TokenPair> {
  const answer = await connection.exchange({
    method: 'POST',
    path,
    body: JSON.stringify(body),
    patienceMs: PATIENCE_MS,
  });
  if (answer.statusCode !== 200) throw await readRefusal(connection.url, answer);
  const { token, refreshToken, expiresIn } = await readPair(connection, answer);
  if (typeof token !== 'string' || typeof refreshToken !== 'string') throw notOurs(connection);
  return { token, refreshToken, expiresAt: Date.now() + Number(expiresIn) * 1_000 };
}

async function readPair(
  connection: ApiConnection,
  answer: IncomingMessage,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return Object(await json(answer)) as Readonly<Record<string, unknown>>;
  } catch {
    throw notOurs(connection);
  }
}

function notOurs({ url }: ApiConnection): ExitError {
  return new ExitError(EXIT_FAILED, `What answers at ${url} is no Device Messaging server.`);
}
