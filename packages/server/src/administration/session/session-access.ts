import { EXIT_FAILED, ExitError } from '../../command-line/exit-error.js';
import type { ApiConnection } from '../api/api-connection.js';
import { ApiRefusal } from '../api/api-refusal.js';
import type { Access } from './access.js';
import { deferSignals } from './defer-signals.js';
import type { Session, SessionFile } from './session-file.js';
import { renewPair } from './token-pair.js';

/** A token that ends sooner is renewed first, ms: a request that takes its time should not be refused. */
const MARGIN_MS = 30_000;

/**
 * The session of `login`. Its refresh token works once, and the server takes one that comes again for a copy and ends
 * the login: commands that run at the same time renew it one after another, and those that waited find the new one.
 */
export class SessionAccess implements Access {
  constructor(
    private readonly file: SessionFile,
    private readonly connection: ApiConnection,
    readonly username: string,
  ) {}

  token(): Promise<string> {
    const { token, expiresAt } = this.current();
    return expiresAt - Date.now() > MARGIN_MS ? Promise.resolve(token) : this.renew(token);
  }

  renew(refused: string): Promise<string> {
    return this.file.locked(async () => {
      const session = this.current();
      if (session.token !== refused) return session.token;
      // The server forgets the old token when it has given the new one: ended in between, the session would be lost.
      return deferSignals(async () => {
        const pair = await this.next(session);
        this.file.write({ ...session, ...pair });
        return pair.token;
      });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async next({ url, username, refreshToken }: Session) {
    try {
      return await renewPair(this.connection, refreshToken);
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.status !== 401) throw error;
      throw new ExitError(
        EXIT_FAILED,
        `The session of ${username} has ended: device-messaging login ${url} --username ${username}`,
      );
    }
  }

  /** Another command may have logged in meanwhile, as somebody else or somewhere else: nobody meant that for this one. */
  private current(): Session {
    const session = this.file.read();
    if (session?.url !== this.connection.url || session.username !== this.username) {
      throw new ExitError(EXIT_FAILED, 'Another command has ended the session: log in again.');
    }
    return session;
  }
}
