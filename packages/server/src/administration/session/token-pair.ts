import { json } from 'node:stream/consumers';
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
  const { token, refreshToken, expiresIn } = (await json(answer)) as {
    token: string;
    refreshToken: string;
    expiresIn: number;
  };
  return { token, refreshToken, expiresAt: Date.now() + expiresIn * 1_000 };
}
