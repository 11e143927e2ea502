import type { ApiConnection } from '../api/api-connection.js';
import type { Access } from './access.js';
import { logIn, type TokenPair } from './token-pair.js';

/** A user that the environment names, for scripts: logged in by each command, and out at its end. Nothing is kept. */
export class EnvironmentAccess implements Access {
  private pair: TokenPair | undefined;

  constructor(
    private readonly connection: ApiConnection,
    readonly username: string,
    private readonly password: string,
  ) {}

  async token(): Promise<string> {
    this.pair ??= await logIn(this.connection, this.username, this.password);
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
      (await this.connection.exchange({ method: 'POST', path: '/auth/logout' }, token)).resume();
    } catch {
      // What the command was for is done or has failed; a login that nobody uses ends by itself.
    }
  }
}
