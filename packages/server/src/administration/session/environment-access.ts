import type { ApiConnection } from '../api/api-connection.js';
import { ApiRefusal } from '../api/api-refusal.js';
import type { Access } from './access.js';
import { logIn, type TokenPair } from './token-pair.js';

/** How long the server may take to log out whoever has what was wanted, ms. */
const LOGOUT_PATIENCE_MS = 5_000;

/** A user that the environment names, for scripts: logged in by each command, and out at its end. Nothing is kept. */
export class EnvironmentAccess implements Access {
  private pair: TokenPair | undefined;

  constructor(
    private readonly connection: ApiConnection,
    readonly username: string,
    private readonly password: string,
  ) {}

  async token(): Promise<string> {
    this.pair ??= await this.logIn();
    return this.pair.token;
  }

  renew(): Promise<string> {
    this.pair = undefined;
    return this.token();
  }

  async close(): Promise<void> {
    if (this.pair === undefined) return;
    const { token } = this.pair;
    this.pair = undefined;
    try {
      (
        await this.connection.exchange({ method: 'POST', path: '/auth/logout', patienceMs: LOGOUT_PATIENCE_MS }, token)
      ).resume();
    } catch {
      // What the command was for is done or has failed; a login that nobody uses ends by itself.
    }
  }

  private async logIn(): Promise<TokenPair> {
    try {
      return await logIn(this.connection, this.username, this.password);
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.status !== 401) throw error;
      throw error.with('Check DEVICE_MESSAGING_USERNAME and DEVICE_MESSAGING_PASSWORD.');
    }
  }
}
